// The lens of the host: the open place, windows of a long text, edits, letting go.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { tokenAt } from '../../src/host/decorations/tokenAt';
import { joinedRanges } from '../../src/host/inspection/joinedRanges';
import { LensInspection } from '../../src/host/inspection/lensInspection';
import { FakeRequester, settle } from './host-fakes';
import { lensTable, source } from './webview-lens';

const { uri, model } = source;
const question = { uri, model };
const place = { point: 1, token: 2 };

function inspected() {
  const requester = new FakeRequester();
  const document = { version: 1, length: 8 };
  const inspection = new LensInspection({ requester, document: () => document, delay: () => 300 });
  const sourceNow = () => ({ ...source, version: document.version });
  requester.automatic = (name, params) => {
    if (name === 'subtext/lens') return lensTable(0, document.length / 2, { source: sourceNow() });
    if (name === 'subtext/lensCell') return { ...(params as object), source: sourceNow() };
    return null;
  };
  return { requester, document, inspection };
}

describe('the lens of a text', () => {
  it('reads the place that was opened, with its target', async () => {
    const { inspection, requester } = inspected();
    await inspection.ask(question);
    inspection.select({ ...place, target: ' girl' });
    await settle();
    assert.equal(inspection.selection?.cell?.token, 2);
    assert.deepEqual(requester.named('subtext/lensCell')[0].params, {
      ...question,
      ...place,
      target: ' girl',
      top: 20,
    });
  });

  it('says why a place cannot be read, and recovers with the next', async () => {
    const { inspection, requester } = inspected();
    await inspection.ask(question);
    const { automatic } = requester;
    requester.automatic = () => new BackendFailure('usage', "'girls' is 2 tokens", 'Give one.');
    inspection.select({ ...place, target: 'girls' });
    await settle();
    assert.match(inspection.selection?.failure ?? '', /'girls' is 2 tokens/);
    requester.automatic = automatic;
    inspection.select(place);
    await settle();
    assert.deepEqual([inspection.selection?.failure, inspection.selection?.cell?.token], [undefined, 2]);
  });

  it('shows the last of several places, whatever order the answers come in', async () => {
    const { inspection, requester } = inspected();
    await inspection.ask(question);
    requester.automatic = () => undefined;
    inspection.select(place);
    inspection.select({ point: 0, token: 1 });
    const [first, second] = requester.named('subtext/lensCell');
    assert.equal(first.signal?.aborted, true);
    second.answer({ source, point: 0, token: 1 });
    first.answer({ source, point: 1, token: 2 });
    await settle();
    assert.equal(inspection.selection?.cell?.token, 1);
  });

  it('keeps the open place on its word while text is typed before it', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, document } = inspected();
      await inspection.ask(question);
      inspection.select(place);
      Object.assign(document, { version: 2, length: 12 });
      inspection.edited(uri, [{ start: 0, removed: 0, inserted: 4 }]);
      mock.timers.tick(300);
      await settle();
      assert.equal(inspection.selection?.place.token, 4);
      assert.equal(inspection.selection.cell?.source.version, 2);
    } finally {
      mock.timers.reset();
    }
  });

  it('closes a place that the text is too short for', async () => {
    const { inspection, document } = inspected();
    await inspection.ask(question);
    inspection.select({ point: 1, token: 3 });
    document.length = 4;
    await inspection.refresh();
    assert.equal(inspection.selection, undefined);
  });

  it('takes windows of the present version, and says which did not come', async () => {
    const { inspection, requester, document } = inspected();
    requester.automatic = (name) =>
      name === 'subtext/lens' ? lensTable(0, 2, { complete: false, textTokens: 8 }) : undefined;
    await inspection.ask(question);
    const arrived: number[] = [];
    const failed: number[] = [];
    inspection.onDidReadWindow(({ scope }) => arrived.push(scope.start));
    inspection.onDidFailWindow(({ start }) => failed.push(start));
    requester.automatic = () => lensTable(4, 6, { textTokens: 8 });
    await inspection.readWindow({ start: 4, end: 6 });
    assert.deepEqual(requester.named('subtext/lens')[1].params, {
      ...question,
      window: { start: 4, end: 6 },
    });
    requester.automatic = () => new BackendFailure('engine', 'It broke', 'Mend it.');
    await inspection.readWindow({ start: 6, end: 8 });
    requester.automatic = () => lensTable(6, 8, { textTokens: 8 });
    document.version = 2;
    await inspection.readWindow({ start: 6, end: 8 });
    assert.deepEqual([arrived, failed], [[4], [6]]);
    assert.equal(inspection.read.length, 2);
  });

  it('lets go of what the backend keeps when it is closed, and when another text is asked about', async () => {
    const { inspection, requester } = inspected();
    await inspection.ask(question);
    await inspection.ask({ ...question, model: '/other' });
    assert.deepEqual(requester.named('subtext/releaseLens')[0].params, question);
    inspection.close();
    assert.deepEqual(requester.named('subtext/releaseLens')[1].params, { uri, model: '/other' });
    assert.equal(inspection.question, undefined);
    inspection.close();
    assert.equal(requester.named('subtext/releaseLens').length, 2);
  });
});

it('offsets between stretches that were read belong to no token', () => {
  const { starts, ends } = joinedRanges([
    lensTable(6, 8, { textTokens: 10 }),
    lensTable(0, 2, { textTokens: 10 }),
  ]);
  const found = [0, 3, 4, 11, 12, 15, 16].map((offset) => tokenAt(starts, ends, offset));
  assert.deepEqual(found, [0, 1, undefined, undefined, 6, 7, undefined]);
});
