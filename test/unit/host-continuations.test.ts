// A continuation that is written into a text: every piece in its place, one step of undo, and an end in any case.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Continuations } from '../../src/host/continuation/continuations';
import { PieceWriter, type TextSink } from '../../src/host/continuation/pieceWriter';
import { BackendFailure } from '../../src/host/backend/failure';
import { Emitter } from '../../src/host/emitter';
import { within } from '../../src/host/limits';
import type { ContinuationPiece } from '../../src/protocol/continuations';
import { FakeRequester, settle } from './host-fakes';

/** Takes text as slowly as the test wants, and refuses from a given edit on. */
class SlowSink implements TextSink {
  readonly edits: { text: string; opens: boolean; closes: boolean }[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly refusesFrom = Infinity) {}

  get text(): string {
    return this.edits.map(({ text }) => text).join('');
  }

  async put(text: string, place: { opens: boolean; closes: boolean }): Promise<boolean> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.edits.length >= this.refusesFrom) return false;
    this.edits.push({ text, ...place });
    return true;
  }

  /** Lets everything that waits through, and what comes of it. */
  async flow(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) {
      this.waiting.splice(0).forEach((go) => go());
      await settle();
    }
  }
}

function writing(sink: TextSink) {
  const requester = new FakeRequester();
  const pieces = new Emitter<ContinuationPiece>();
  const continuations = new Continuations({ requester, onPiece: pieces.event });
  const question = { uri: 'file:///a.txt', model: '/a', offset: 3, maxTokens: 9, temperature: 0, seed: 1 };
  const ending = continuations.write(question, sink);
  const stream = (requester.asked[0].params as { stream: string }).stream;
  return { requester, pieces, continuations, ending, stream };
}

const continuation = { text: '', ids: new Int32Array(), stopped: 'limit', cut: 0, interventions: 0 };

describe('pieces that are put into a text', () => {
  it('come in their order, together where they come faster than the text takes them', async () => {
    const sink = new SlowSink();
    const writer = new PieceWriter(sink, () => assert.fail('nothing is refused'));
    for (const piece of ['a', 'b', '', 'c', 'd']) writer.add(piece);
    await sink.flow();
    assert.equal(sink.text, 'abc');
    const end = writer.end();
    await sink.flow();
    await end;
    assert.equal(sink.text, 'abcd');
  });

  it('are one step of undo: the first opens it, and only the last closes it', async () => {
    for (const texts of [['a'], ['a', 'b', 'c']]) {
      const sink = new SlowSink();
      const writer = new PieceWriter(sink, () => assert.fail('nothing is refused'));
      for (const text of texts) {
        writer.add(text);
        await sink.flow();
      }
      const end = writer.end();
      await sink.flow();
      await end;
      const last = sink.edits.length - 1;
      assert.deepEqual(
        sink.edits.map(({ opens, closes }) => ({ opens, closes })),
        sink.edits.map((_, index) => ({ opens: index === 0, closes: index === last })),
      );
    }
  });

  it('stop at the first that the text does not take', async () => {
    const sink = new SlowSink(1);
    let refusals = 0;
    const writer = new PieceWriter(sink, () => refusals++);
    for (const text of ['a', 'b', 'c', 'd']) {
      writer.add(text);
      await sink.flow();
    }
    await writer.end();
    assert.deepEqual([sink.text, refusals], ['a', 1]);
  });
});

describe('a continuation', () => {
  it('takes the pieces of its own stream, and ends with the answer', async () => {
    const sink = new SlowSink();
    const { pieces, stream, requester, ending, continuations } = writing(sink);
    assert.ok(continuations.writing);
    pieces.fire({ stream, text: 'Once' });
    pieces.fire({ stream: 'another', text: 'no' });
    pieces.fire({ stream, text: ' more' });
    requester.asked[0].answer(continuation);
    await sink.flow();
    assert.equal((await ending).kind, 'done');
    assert.equal(sink.text, 'Once more');
    assert.equal(continuations.writing, false);
  });

  it('keeps what came when it is stopped, and takes nothing after that', async () => {
    const sink = new SlowSink();
    const { pieces, stream, requester, ending, continuations } = writing(sink);
    pieces.fire({ stream, text: 'Once' });
    continuations.stop();
    assert.ok(requester.asked[0].signal?.aborted);
    requester.asked[0].fail(new BackendFailure('cancelled', 'It was cancelled', ''));
    await sink.flow();
    pieces.fire({ stream, text: ' late' });
    await sink.flow();
    assert.equal((await ending).kind, 'stopped');
    assert.equal(sink.text, 'Once');
    assert.equal(continuations.writing, false);
  });

  it('stops the model when the text takes no more', async () => {
    const sink = new SlowSink(0);
    const { pieces, stream, requester, ending } = writing(sink);
    pieces.fire({ stream, text: 'a' });
    pieces.fire({ stream, text: 'b' });
    await sink.flow();
    assert.ok(requester.asked[0].signal?.aborted);
    requester.asked[0].fail(new BackendFailure('cancelled', 'It was cancelled', ''));
    assert.equal((await ending).kind, 'refused');
  });

  it('fails as the backend does, and another may begin', async () => {
    const sink = new SlowSink();
    const { requester, ending, continuations } = writing(sink);
    requester.asked[0].fail(new BackendFailure('backend-stopped', 'The backend stopped', 'Again.'));
    await assert.rejects(ending, /The backend stopped/);
    assert.equal(continuations.writing, false);
  });
});

describe('a temperature of the settings', () => {
  it('is kept within its limits, and what is no number is the default', () => {
    assert.deepEqual(
      [0.3, -1, 9, 'hot', NaN].map((value) => within(value, 0, 5, 0.7)),
      [0.3, 0, 5, 0.7, 0.7],
    );
  });
});
