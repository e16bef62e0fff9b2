// Attention that is inspected: the open head, the token that is shown, what is painted, what is given back.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { AttentionHighlight } from '../../src/host/decorations/attentionHighlight';
import { AttentionInspection } from '../../src/host/inspection/attentionInspection';
import type { AttentionGrid, HeadId, TokenAttention, TokenPlace } from '../../src/protocol/attention';
import { FakeRequester, settle, sourceOf } from './host-fakes';

const uri = 'file:///story.txt';
const question = { uri, model: '/a' };
const head: HeadId = { layer: 1, head: 0 };

/** Four tokens of a letter each, in two layers of two heads; the first is the sink. */
function gridOf(version: number): AttentionGrid {
  return {
    source: sourceOf(version),
    tokens: {
      ids: Int32Array.of(1, 2, 3, 4),
      pieces: ['a', 'b', 'c', 'd'],
      starts: Int32Array.of(0, 1, 2, 3),
      ends: Int32Array.of(1, 2, 3, 4),
    },
    layers: 2,
    heads: 2,
    sinkTokens: Int32Array.of(0),
    kinds: ['semantic', 'semantic', 'distance', 'broad'],
  } as unknown as AttentionGrid;
}

function linksOf(version: number, { layer, head: index }: HeadId, token: number): TokenAttention {
  const linked = (tokens: number[], values: number[]) => ({
    tokens: Int32Array.from(tokens),
    starts: Int32Array.from(tokens),
    ends: Int32Array.from(tokens, (each) => each + 1),
    values: Float32Array.from(values),
    total: 1,
  });
  return {
    source: sourceOf(version),
    layer,
    head: index,
    token,
    start: token,
    end: token + 1,
    sources: linked([0, 1], [0.75, 0.25]),
    destinations: linked([3], [0.5]),
  };
}

function inspected() {
  const requester = new FakeRequester();
  const document = { version: 1, length: 4 };
  const place = { cursor: 2 as number | undefined };
  const inspection = new AttentionInspection({
    requester,
    document: (asked) => (asked === uri ? document : undefined),
    delay: () => 300,
    words: (_, { start, end }) => 'abcd'.slice(start, end),
    cursor: () => place.cursor,
  });
  requester.automatic = (name, params) => {
    const asked = params as HeadId & { place: TokenPlace & { token: number } };
    if (name === 'subtext/attentionGrid') return gridOf(document.version);
    if (name === 'subtext/attentionOfToken') return linksOf(document.version, asked, asked.place.token);
    return name === 'subtext/releaseAttention' ? null : { order: Int32Array.of(3, 2, 1, 0) };
  };
  // Through functions: the compiler takes a property that was undefined once for undefined ever after.
  const token = () => inspection.token;
  const links = () => inspection.tokenLinks;
  const type = (version: number, start: number, inserted: number) => {
    Object.assign(document, { version, length: document.length + inserted });
    inspection.edited(uri, [{ start, removed: 0, inserted }]);
  };
  return { requester, document, place, inspection, token, links, type };
}

async function opened() {
  const parts = inspected();
  await parts.inspection.ask(question);
  parts.inspection.lock(head);
  await settle();
  return parts;
}

describe('an open head', () => {
  it('shows what the token under the cursor is linked to', async () => {
    const { inspection, links, place } = await opened();
    assert.equal(links()?.token, 2);
    place.cursor = 3;
    inspection.cursorMoved('file:///other.txt');
    assert.equal(inspection.token, 2);
    inspection.cursorMoved(uri);
    await settle();
    assert.equal(links()?.token, 3);
  });

  it('shows the token that the pointer is on instead, and returns to the cursor', async () => {
    const { inspection, links, token } = await opened();
    inspection.point(1);
    await settle();
    assert.equal(links()?.token, 1);
    inspection.point(null);
    assert.equal(token(), 2);
    // It is known already.
    assert.equal(links()?.token, 2);
  });

  it('is none that the model does not have', async () => {
    const { inspection } = await opened();
    inspection.lock({ layer: 2, head: 0 });
    assert.deepEqual(inspection.locked, head);
  });

  it('drops links that come for a token which is not shown any more', async () => {
    const { inspection, requester, links } = await opened();
    requester.automatic = () => undefined;
    inspection.point(0);
    inspection.point(1);
    const [zero, one] = requester.named('subtext/attentionOfToken').slice(-2);
    assert.equal(zero.signal?.aborted, true);
    one.answer(linksOf(1, head, 1));
    zero.answer(linksOf(1, head, 0));
    await settle();
    assert.equal(links()?.token, 1);
  });

  it('keeps its token and what is painted while the text is newer than the grid', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, place, type, links, token } = await opened();
      const highlight = new AttentionHighlight(inspection);
      const before = highlight.values;
      place.cursor = 0;
      type(2, 0, 1);
      inspection.cursorMoved(uri);
      assert.equal(token(), 2);
      assert.equal(highlight.values, before);
      assert.equal(highlight.pending, true);
      mock.timers.tick(300);
      await settle();
      assert.equal(token(), 0);
      assert.equal(links()?.source.version, 2);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('a pinned token', () => {
  it('stays while the cursor goes elsewhere, and follows edits', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, place, type, token } = await opened();
      inspection.togglePin();
      place.cursor = 0;
      inspection.cursorMoved(uri);
      assert.equal(token(), 2);
      type(2, 0, 1);
      mock.timers.tick(300);
      await settle();
      assert.equal(token(), 3);
      assert.equal(inspection.pinned, true);
      inspection.togglePin();
      assert.equal(token(), 0);
    } finally {
      mock.timers.reset();
    }
  });

  it('has a mark of its own in the text, which follows edits, for as long as a head is open', async () => {
    const { inspection, type } = await opened();
    const highlight = new AttentionHighlight(inspection);
    // Through a function: the compiler takes a property that was undefined once for undefined ever after.
    const pinned = () => highlight.pinned;
    assert.equal(pinned(), undefined);
    inspection.togglePin();
    assert.deepEqual(pinned(), { uri, range: { start: 2, end: 3 } });
    type(2, 0, 5);
    assert.deepEqual(pinned(), { uri, range: { start: 7, end: 8 } });
    inspection.unlock();
    assert.equal(pinned(), undefined);
    inspection.dispose();
  });

  it('is let go when its text is deleted', async () => {
    const { inspection, document } = await opened();
    inspection.pinToken(2);
    Object.assign(document, { version: 2, length: 2 });
    inspection.edited(uri, [{ start: 1, removed: 2, inserted: 0 }]);
    assert.equal(inspection.pinned, false);
    inspection.dispose();
  });
});

describe('what is painted of an open head', () => {
  it('is what the token attends to, positive, and what attends to it, negative', async () => {
    const { inspection } = await opened();
    const highlight = new AttentionHighlight(inspection);
    assert.deepEqual(Array.from(highlight.values!.values), [0.75, 0.25, 0, -0.5]);
    assert.equal(highlight.line?.title, 'L1 H0 · "c" attends to blue, orange attends to it · Esc clears');
    assert.equal(highlight.describe(1), 'L1 H0 · "c" attends to it: 0.250');
    assert.equal(highlight.describe(3), 'L1 H0 · it attends to "c": 0.500');
    assert.match(highlight.describe(2), /under 0.005/);
  });

  it('leaves out the sink where it is hidden', async () => {
    const { inspection } = await opened();
    const highlight = new AttentionHighlight(inspection);
    await inspection.setHideSink(true);
    await settle();
    assert.deepEqual(Array.from(highlight.values!.values), [0, 0.25, 0, -0.5]);
  });

  it('is nothing after it was cleared', async () => {
    const { inspection } = await opened();
    const highlight = new AttentionHighlight(inspection);
    assert.match(highlight.subject!, /^L1 H0/);
    highlight.clear();
    assert.equal(highlight.subject, undefined);
    assert.equal(highlight.values, undefined);
  });
});

describe('heads that are compared', () => {
  it('are ranked by two phrases, again after an edit with the phrases where they went', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, requester, type } = await opened();
      await inspection.compareBetween({ first: { start: 0, end: 1 }, second: { start: 2, end: 4 } });
      const { ranking } = inspection;
      assert.ok(ranking?.kind === 'between' && ranking.answer);
      assert.deepEqual([ranking.first, ranking.second], ['a', 'cd']);
      type(2, 1, 2);
      mock.timers.tick(300);
      await settle();
      const { first, second } = requester.named('subtext/headsBetween').at(-1)!.params as Record<
        string,
        unknown
      >;
      assert.deepEqual(
        [first, second],
        [
          { start: 0, end: 1 },
          { start: 4, end: 6 },
        ],
      );
    } finally {
      mock.timers.reset();
    }
  });

  it('say why they could not be', async () => {
    const { inspection, requester } = await opened();
    requester.automatic = () => new Error('no such cell');
    await inspection.search({ drawn: [[3, 9]] });
    assert.match(inspection.ranking?.failure ?? '', /no such cell/);
  });

  it('are no longer, once a drawn pattern has lost its tokens to an edit', async () => {
    const { inspection, type } = await opened();
    await inspection.search({ drawn: [[3, 1]] });
    assert.ok(inspection.ranking?.answer);
    type(2, 0, 1);
    assert.equal(inspection.ranking, undefined);
    inspection.dispose();
  });
});

describe('memory of attention', () => {
  it('is given back when the view is closed, and when another text takes its place', async () => {
    const { inspection, requester } = await opened();
    inspection.clear();
    assert.deepEqual(
      requester.named('subtext/releaseAttention').map(({ params }) => params),
      [question],
    );
    await inspection.ask(question);
    await inspection.ask({ uri, model: '/b' });
    assert.equal(requester.named('subtext/releaseAttention').length, 2);
  });

  it('is kept while the same text is read again', async () => {
    const { inspection, requester } = await opened();
    await inspection.refresh();
    assert.equal(requester.named('subtext/releaseAttention').length, 0);
  });
});

it('a tile of another version of the text is not asked for', async () => {
  const { inspection, requester } = await opened();
  const range = { start: 0, end: 4 };
  const ask = { ...head, destinations: range, sources: range, step: 1, hideSink: false, weighted: false };
  assert.equal(await inspection.tile(7, ask, new AbortController().signal), undefined);
  assert.equal(requester.named('subtext/attentionTile').length, 0);
});
