// Lens and attribution through the real backend process: shapes, cuts, sizes, refusals.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packArrays } from '../../src/protocol/arrays';
import { LENS_CELLS } from '../../src/protocol/lens';
import { BackendProcess } from '../support/backendProcess';
import { writeRandomCheckpoint } from '../support/randomModel';

const STORY = 'Lily had a red kite. 🪁 She ran with it.\r\nThe kite flew up, up, up!\n';
const uri = 'file:///story.txt';
const long = 'file:///long.txt';
const LARGEST_MESSAGE = 2_000_000;

describe('backend: logit lens', () => {
  let folder: string;
  let model: string;
  let backend: BackendProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-backend-'));
    await writeRandomCheckpoint(join(folder, 'random'));
    backend = await BackendProcess.start();
    model = (await backend.request('subtext/openModel', { path: join(folder, 'random') })).id;
    await backend.openDocument(uri, STORY);
    await backend.openDocument(long, STORY.repeat(300));
  });
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers with columns of layers × tokens, the text of every token named in them, and a note', async () => {
    const table = await backend.request('subtext/lens', { uri, model });
    const count = table.textTokens;
    assert.deepEqual(table.scope, { start: 0, end: count });
    assert.deepEqual([table.complete, table.predictsOwnPlace], [true, false]);
    assert.deepEqual(
      table.points.map(({ label }) => label),
      ['embed', 'L0', 'L1'],
    );
    for (const column of [table.top, table.topProbability, table.targetRank, table.divergence, table.entropy])
      assert.equal(column.length, 3 * count);
    const named = new Map(Array.from(table.pieces.ids, (id, row) => [id, table.pieces.pieces[row]]));
    assert.ok(table.top.every((id) => named.has(id)));
    assert.ok(table.targets.every((id) => id === -1 || named.has(id)));
    assert.match(table.note, /own statistics/);
  });

  it('answers for a window of tokens, or for those that a selection touches, with the same numbers', async () => {
    const whole = await backend.request('subtext/lens', { uri, model });
    const window = { start: 4, end: 9 };
    const part = await backend.request('subtext/lens', { uri, model, window });
    assert.deepEqual(part.scope, window);
    assert.deepEqual(part.tokens.starts, whole.tokens.starts.slice(4, 9));
    for (const point of [0, 1, 2]) {
      const first = point * whole.textTokens + 4;
      assert.deepEqual(part.entropy.slice(point * 5, point * 5 + 5), whole.entropy.slice(first, first + 5));
    }
    const selection = { start: whole.tokens.starts[4], end: whole.tokens.ends[8] };
    const selected = await backend.request('subtext/lens', { uri, model, selection });
    assert.deepEqual(selected.scope, window);
    for (const wrong of [
      { start: 5, end: 5 },
      { start: 0, end: 1e6 },
      { start: -1, end: 2 },
    ])
      await assertUsage(backend.request('subtext/lens', { uri, model, window: wrong }));
  });

  it('cuts a long text to what fits into one message, and says so', async () => {
    const table = await backend.request('subtext/lens', { uri: long, model });
    assert.equal(table.complete, false);
    assert.equal(table.scope.end, Math.floor(LENS_CELLS / 3));
    assert.ok(table.scope.end < table.textTokens);
    const size = JSON.stringify(packArrays(table)).length;
    assert.ok(size < LARGEST_MESSAGE, `${size} characters`);
  });

  it('answers for one place with its likeliest tokens and the path of the target', async () => {
    const table = await backend.request('subtext/lens', { uri, model });
    const cell = await backend.request('subtext/lensCell', { uri, model, point: 1, token: 3, top: 20 });
    assert.equal(cell.ids.length, 20);
    assert.equal(cell.ids[0], table.top[table.textTokens + 3]);
    assert.equal(cell.path!.id, table.targets[3]);
    assert.equal(cell.path!.ranks[2], table.targetRank[2 * table.textTokens + 3]);
    const last = { uri, model, point: 1, token: table.textTokens - 1, top: 5 };
    assert.equal((await backend.request('subtext/lensCell', last)).path, undefined);
    const followed = await backend.request('subtext/lensCell', { ...last, target: 9 });
    assert.equal(followed.path!.id, 9);
    const named = await backend.request('subtext/lensCell', { ...last, target: followed.path!.piece });
    assert.equal(named.path!.id, 9);
    await assertUsage(backend.request('subtext/lensCell', { ...last, target: 'the kite flies' }));
    await assertUsage(backend.request('subtext/lensCell', { ...last, point: 3 }));
  });

  it('gives the same after it was told to let go of what it kept', async () => {
    const before = await backend.request('subtext/lens', { uri, model });
    assert.equal(await backend.request('subtext/releaseLens', { uri, model }), null);
    const again = await backend.request('subtext/lens', { uri, model });
    assert.deepEqual(again.entropy, before.entropy);
  });

  it('lets go of what it kept of a document that was closed meanwhile', async () => {
    await backend.request('subtext/lens', { uri: long, model });
    await backend.closeDocument(long);
    assert.equal(await backend.request('subtext/releaseLens', { uri: long, model }), null);
  });

  it('attributes the logit behind a place in the document', async () => {
    const offset = STORY.indexOf('kite');
    const question = { uri, model, offset, against: 7, neurons: { count: 4 } };
    const found = await backend.request('subtext/attribute', question);
    const { tokens } = await backend.request('subtext/lens', { uri, model });
    assert.ok(tokens.starts[found.position] <= offset && offset < tokens.ends[found.position]);
    const sum = found.values.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - (found.logits[0] - found.logits[1])) < 1e-4);
    assert.equal(found.components.length, found.values.length);
    assert.equal(found.neurons!.values.length, 4);
    const last = await backend.request('subtext/attribute', { uri, model });
    assert.equal(last.position, tokens.ids.length - 1);
    await assertUsage(backend.request('subtext/attribute', { uri, model, offset: STORY.length + 5 }));
    await assertUsage(backend.request('subtext/attribute', { uri, model, token: 427 }));
  });
});

async function assertUsage(request: Promise<unknown>): Promise<void> {
  await assert.rejects(request, (error: { data: { reason: string } }) => error.data.reason === 'usage');
}
