// Attention as the extension host asks for it: every request once, sizes of messages, memory.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packArrays } from '../../src/protocol/arrays';
import { HEAD_SCORES, TILE_SIDE } from '../../src/protocol/attention';
import { BackendProcess } from '../support/backendProcess';
import { writeRandomCheckpoint } from '../support/randomModel';

const STORY = 'Lily had a red kite. Tom saw the kite. "Can I fly it?" Lily said yes (twice).\n';
const LARGEST_MESSAGE = 2 * 1024 * 1024;

describe('backend: attention', () => {
  let folder: string;
  let model: string;
  let backend: BackendProcess;
  const story = () => ({ uri: 'file:///story.txt', model });
  const long = () => ({ uri: 'file:///long.txt', model });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-attention-'));
    await writeRandomCheckpoint(join(folder, 'random'), { layers: 4, heads: 16, width: 64, context: 1024 });
    backend = await BackendProcess.start();
    model = (await backend.request('subtext/openModel', { path: join(folder, 'random') })).id;
    await backend.openDocument('file:///story.txt', STORY);
    await backend.openDocument('file:///long.txt', STORY.repeat(24));
  });
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives scores and pictures of all heads, with the tokens that they are of', async () => {
    const grid = await backend.request('subtext/attentionGrid', { ...story(), hideSink: true });
    assert.deepEqual([grid.layers, grid.heads, grid.learned, grid.causal], [4, 16, 'content', true]);
    for (const score of HEAD_SCORES) assert.equal(grid.scores[score].length, 64, score);
    assert.equal(grid.tokens.ends.at(-1), STORY.length);
    const { side, cells } = grid.thumbnails;
    assert.equal(cells.length, 64 * side * side);
    assert.deepEqual([Array.from(grid.windows.destinations), Array.from(grid.sinkTokens)], [[0], [0]]);
  });

  it('gives tiles, links of a token, heads between phrases and searches of the same text', async () => {
    const id = { layer: 2, head: 5 };
    const whole = { start: 0, end: 10 };
    const ask = { ...id, destinations: whole, sources: whole, step: 1, hideSink: false, weighted: false };
    const tile = await backend.request('subtext/attentionTile', { ...story(), ...ask });
    assert.ok(tile.cells instanceof Uint16Array);
    const links = await backend.request('subtext/attentionOfToken', {
      ...story(),
      ...id,
      place: { offset: 6 },
    });
    assert.ok(links.start <= 6 && links.end > 6);
    assert.equal(links.sources.tokens.length, links.sources.values.length);
    const first = { start: 0, end: 4 };
    const second = { start: STORY.indexOf('said'), end: STORY.length };
    const between = await backend.request('subtext/headsBetween', { ...story(), first, second });
    assert.equal(between.order.length, 64);
    assert.ok(between.intoSecond.weighted[between.order[0]] > 0);
    const pattern = { name: 'first-mention' } as const;
    const found = await backend.request('subtext/searchPattern', { ...story(), pattern });
    assert.ok(found.cells > 0);
  });

  it('sends no message over 2 MB, of a long text too', async () => {
    const grid = await backend.request('subtext/attentionGrid', { ...long(), hideSink: false });
    assert.ok(grid.source.windows.count > 1);
    const end = Math.min(grid.tokens.ids.length, 2 * TILE_SIDE);
    const whole = { start: 0, end };
    const ask = {
      layer: 0,
      head: 0,
      destinations: whole,
      sources: whole,
      step: 1,
      hideSink: false,
      weighted: true,
    };
    const tile = await backend.request('subtext/attentionTile', { ...long(), ...ask });
    assert.equal(tile.step, 2);
    for (const message of [grid, tile])
      assert.ok(JSON.stringify(packArrays(message)).length < LARGEST_MESSAGE);
  });

  it('fails with a remedy for a selection without a token', async () => {
    const beyond = { start: 10_000, end: 10_001 };
    await assert.rejects(
      backend.request('subtext/headsBetween', { ...story(), first: beyond, second: beyond }),
      (error: { data?: { reason: string } }) => error.data?.reason === 'usage',
    );
  });

  const memory = () => `/proc/${backend.process.pid}/status`;
  it('gives back its memory when a view closes, of a document that is closed too', async (test) => {
    if (!existsSync(memory())) {
      test.skip('only Linux says how much memory a process has');
      return;
    }
    const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(memory(), 'utf8'))![1]) / 1024;
    await backend.request('subtext/releaseAttention', long());
    const level = megabytes();
    await backend.request('subtext/attentionGrid', { ...long(), hideSink: true });
    const open = megabytes();
    assert.ok(open > level + 200, `${open} MB of ${level}`);
    await backend.closeDocument('file:///long.txt');
    await backend.request('subtext/releaseAttention', long());
    // The C library keeps up to 64 MB of each of its arenas, twice what it asks the system for one by one.
    assert.ok(megabytes() < level + 150, `${megabytes()} MB of ${level}, ${open} before`);
  });
});
