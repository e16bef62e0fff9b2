// Interventions as the extension host meets them: set for a model, seen in every answer, streamed continuations.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import {
  CancellationTokenSource,
  LSPErrorCodes,
  type MarkupContent,
} from 'vscode-languageserver-protocol/node';
import type { Change, Intervention } from '../../src/protocol/interventions';
import { BackendProcess } from '../support/backendProcess';
import { isFailure } from '../support/errors';
import { largestDifference } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';

const STORY = 'Lily had a red kite. She ran with it.\nThe kite flew up, up, up!\n';
const URI = 'file:///story.txt';
const OPTIONS = { maxTokens: 8, temperature: 1, seed: 1 };

describe('backend: interventions', () => {
  let folder: string;
  let model: string;
  let other: string;
  let backend: BackendProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-interventions-'));
    for (const seed of [1, 2]) await writeRandomCheckpoint(join(folder, `random${seed}`), { seed });
    backend = await BackendProcess.start();
    other = (await backend.request('subtext/openModel', { path: join(folder, 'random2') })).id;
    model = (await backend.request('subtext/openModel', { path: join(folder, 'random1') })).id;
    await backend.openDocument(URI, STORY);
  });
  afterEach(() => backend.request('subtext/setInterventions', { model, interventions: [] }));
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const set = (...interventions: Intervention[]) =>
    backend.request('subtext/setInterventions', { model, interventions });

  it('say what each does, or why it cannot', async () => {
    const states = await set(entry('L0N3', { kind: 'scale', factor: 2 }), ablated('L9H0'));
    assert.deepEqual(states[0], { id: 'scale L0N3', does: 'L0N3 is multiplied by 2' });
    assert.match(states[1].problem!, /no L9H0/);
  });

  it('apply to neurons and hovers, which say how many are active, until the list is empty again', async () => {
    const id = { layer: 0, neuron: 3 };
    const ask = () => backend.request('subtext/neuronActivations', { uri: URI, model, id });
    const hover = async () => ((await backend.hover(URI, 0, 6))!.contents as MarkupContent).value;
    const [plain, plainHover] = [await ask(), await hover()];
    assert.equal(plain.source.interventions, 0);
    await set(entry('L0N3', { kind: 'scale', factor: 2 }), ablated('L0.attn'), {
      ...ablated('L1H0'),
      on: false,
    });
    await set(entry('L0N3', { kind: 'scale', factor: 3 }), { ...ablated('L1H0'), on: false });
    const changed = await ask();
    assert.equal(changed.source.interventions, 1);
    assert.ok(
      largestDifference(
        changed.values,
        plain.values.map((value) => 3 * value),
      ) < 1e-5,
    );
    assert.notEqual(await hover(), plainHover);
    await set();
    assert.deepEqual((await ask()).values, plain.values);
    assert.equal(await hover(), plainHover);
  });

  it('stay when the engine changes, and go when the model is closed', async () => {
    await set(ablated('L0.mlp'));
    await backend.request('subtext/selectEngine', { engine: 'wasm' });
    const ask = () => backend.request('subtext/rankNeurons', { uri: URI, model });
    assert.equal((await ask()).source.interventions, 1);
    await backend.request('subtext/selectEngine', { engine: 'auto' });
    await backend.request('subtext/closeModel', { model });
    await backend.request('subtext/openModel', { path: model });
    assert.equal((await ask()).source.interventions, 0);
  });

  it('that cannot be aligned with the document fail the question with what would help', async () => {
    await set(entry('L0.resid', { kind: 'patch', text: 'Another.', align: 'equal' }));
    await assert.rejects(backend.request('subtext/rankNeurons', { uri: URI, model }), isFailure('alignment'));
  });

  it('in a file are read and completed, and what is wrong is said', async () => {
    const text = '{"interventions": [{"part": "L0H1", "change": {"kind": "ablate"}}]}';
    const found = await backend.request('subtext/readInterventions', { text, name: 'a' });
    assert.deepEqual(found.interventions, [{ ...ablated('L0H1'), id: 'ablate L0H1' }]);
    await assert.rejects(
      backend.request('subtext/readInterventions', { text: '{', name: 'a' }),
      isFailure('interventions'),
    );
  });

  it('change a continuation, which comes in pieces', async () => {
    const question = { uri: URI, model, ...OPTIONS };
    const pieces: string[] = [];
    backend.onPiece = ({ stream, text }) => {
      if (stream === 'mine') pieces.push(text);
    };
    const plain = await backend.request('subtext/continueText', { ...question, stream: 'mine' });
    assert.equal(pieces.join(''), plain.text);
    assert.ok(pieces.length > 1);
    assert.equal(plain.stopped, 'limit');
    await set(ablated('L1.mlp'));
    const { base, changed, common } = await backend.request('subtext/compareContinuations', question);
    assert.equal(base.text, plain.text);
    assert.notEqual(changed.text, base.text);
    assert.deepEqual(changed.ids.subarray(0, common), base.ids.subarray(0, common));
    const streamed = await backend.request('subtext/continueText', { ...question, stream: 'other' });
    assert.equal(streamed.text, changed.text);
    assert.equal(streamed.interventions, 1);
  });

  it('continue from any place in the text', async () => {
    const question = { model, ...OPTIONS, stream: 's' };
    await backend.openDocument('file:///start.txt', STORY.slice(0, 20));
    const start = await backend.request('subtext/continueText', { uri: 'file:///start.txt', ...question });
    const inside = await backend.request('subtext/continueText', { uri: URI, offset: 20, ...question });
    assert.equal(inside.text, start.text);
  });

  it('a continuation that is cancelled ends at once, and the engine is free again', async () => {
    // Seconds long: a short one may end before its cancellation arrives.
    await writeRandomCheckpoint(join(folder, 'long'), { context: 4096 });
    const { id: long } = await backend.request('subtext/openModel', { path: join(folder, 'long') });
    const source = new CancellationTokenSource();
    backend.onPiece = () => source.cancel();
    const question = { uri: URI, model: long, ...OPTIONS, maxTokens: 4000, stream: 's' };
    await assert.rejects(
      backend.request('subtext/continueText', question, source.token),
      (error: { code: number }) => error.code === LSPErrorCodes.RequestCancelled,
    );
    assert.ok((await backend.request('subtext/rankNeurons', { uri: URI, model: long })).maximum.length > 0);
  });

  it('have their losses compared with the base model’s, and with another model’s', async () => {
    await set(ablated('L0.attn'));
    const base = await backend.request('subtext/compareLosses', {
      uri: URI,
      model,
      before: { interventions: false },
    });
    assert.equal(base.source.interventions, 1);
    assert.equal(base.before.interventions, 0);
    assert.equal(base.ends.at(-1), STORY.length);
    assert.ok(largestDifference(base.lossBefore.subarray(1), base.lossAfter.subarray(1)) > 0.1);
    const sum = base.lossAfter.subarray(1).reduce((total, loss) => total + loss, 0);
    assert.ok(Math.abs(base.total.after - sum) < 1e-3);
    const same = { uri: URI, model, before: { interventions: true } };
    const unchanged = await backend.request('subtext/compareLosses', same);
    assert.deepEqual(unchanged.lossBefore, unchanged.lossAfter);
    const models = await backend.request('subtext/compareLosses', {
      uri: URI,
      model: other,
      before: { model, interventions: false },
    });
    assert.deepEqual(models.lossBefore, base.lossBefore);
    assert.equal(models.alignedBy, 'tokens');
  });

  it('have losses shown only where they are asked for, and summed over all', async () => {
    const question = { uri: URI, model, before: { interventions: false } };
    const all = await backend.request('subtext/compareLosses', question);
    const range = { start: STORY.indexOf('red'), end: STORY.indexOf('red') + 8 };
    const some = await backend.request('subtext/compareLosses', { ...question, range });
    assert.deepEqual(some.total, all.total);
    assert.ok(some.ends[0] > range.start && some.starts[0] <= range.start);
    assert.ok(some.starts.at(-1)! < range.end && some.ends.at(-1)! >= range.end);
    const behind = { start: STORY.length, end: STORY.length + 5 };
    assert.equal(
      (await backend.request('subtext/compareLosses', { ...question, range: behind })).starts.length,
      0,
    );
  });

  it('that patch are aligned beforehand: how many tokens correspond, or that none does', async () => {
    const align = (source: string, target: string) =>
      backend.request('subtext/alignTexts', { model, source, target });
    const equal = await align('Lily ran', 'Lily sat');
    assert.equal(equal.sourceTokens, equal.targetTokens);
    assert.equal(equal.corresponding, equal.targetTokens);
    const longer = await align('Lily ran', 'Lily and Tom ran');
    assert.ok(longer.targetTokens > longer.sourceTokens);
    assert.ok(longer.corresponding >= 2 && longer.corresponding < longer.targetTokens);
    await assert.rejects(align('Z', 'ran and ran'), isFailure('alignment'));
  });

  it('are mapped by patching one text into another', async () => {
    const found = await backend.request('subtext/patchMap', {
      model,
      clean: 'Lily ran',
      corrupted: 'Lily sat',
      part: 'resid',
      align: 'subsequence',
    });
    assert.equal(found.effect.length, found.layers * found.columns);
    assert.equal(found.columns, found.corruptedPieces.length);
    assert.equal(found.metric.kind, 'log-probability');
  });
});

function entry(part: string, change: Change): Intervention {
  return { id: `${change.kind} ${part}`, on: true, part, change };
}

function ablated(part: string): Intervention {
  return entry(part, { kind: 'ablate', to: 'zero' });
}
