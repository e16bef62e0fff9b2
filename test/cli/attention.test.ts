// subtext attention: scores of all heads, one head's pattern, heads ranked by a pattern.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { answer, buildCommand, json, refuses } from '../support/commandLine';
import { tryEngine } from '../support/engines';
import { assertCloseValues } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';

const folder = mkdtempSync(join(tmpdir(), 'subtext-attention-'));
const model = join(folder, 'tiny');
const TEXT = 'The crew were baked in the sun. The crew (all) slept.';

interface HeadJson {
  layer: number;
  head: number;
  kind: string;
  previous_token: number;
  sink: number;
  not_numbers: number;
}

interface ScoresJson {
  tokens: { text: string }[];
  heads: HeadJson[];
}

interface PatternJson {
  tokens: unknown[];
  layer: number;
  head: number;
  windows: { first_destination: number; sources: number[]; pattern: number[][] }[];
}

interface MatchesJson {
  cells: number;
  pairs: { destination: number; source: number }[];
  heads: { layer: number; head: number; cosine: number; mass: number }[];
}

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model);
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('subtext attention', () => {
  const ask = ['attention', '--model', model, '--text', TEXT];

  it('scores every head, in their order or by a score', async () => {
    const { heads } = await json<ScoresJson>(...ask);
    assert.deepEqual(
      heads.map(({ layer, head }) => [layer, head]),
      [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head])),
    );
    const sorted = await json<ScoresJson>(...ask, '--sort', 'previous-token');
    const expected = heads.map((each) => each.previous_token).sort((a, b) => b - a);
    assert.deepEqual(
      sorted.heads.map((each) => each.previous_token),
      expected,
    );
    assert.ok(heads.every(({ not_numbers, kind }) => not_numbers === 0 && kind !== 'unlearned'));
  });

  it('gives the whole pattern of a head, which the scores are those of', async () => {
    const found = await json<PatternJson>(...ask, '--layer', '1', '--head', '2');
    const [{ pattern, sources }] = found.windows;
    assert.deepEqual([pattern.length, sources.length], [found.tokens.length, found.tokens.length]);
    for (const [destination, row] of pattern.entries()) {
      assertCloseValues([row.reduce((a, b) => a + b, 0)], [1], 1e-5, 'sum of a row');
      assert.ok(row.slice(destination + 1).every((value) => value === 0));
    }
    const { heads } = await json<ScoresJson>(...ask);
    const masses = pattern.slice(2).map((row, index) => row[index + 1]);
    const mean = masses.reduce((a, b) => a + b, 0) / masses.length;
    assertCloseValues([heads[4 + 2].previous_token], [mean], 1e-6, 'previous-token');
  });

  it('gives the same pattern of a head where patterns stay on a card', async (context) => {
    const here = await tryEngine('webgpu');
    if (typeof here === 'string') {
      context.skip(here);
      return;
    }
    const long = ['attention', '--model', model, '--text', TEXT.repeat(5), '--layer', '1', '--head', '2'];
    const [onCard, onProcessor] = [
      await json<PatternJson>(...long, '--engine', 'webgpu'),
      await json<PatternJson>(...long, '--engine', 'cpu'),
    ];
    const { windows } = onProcessor;
    assert.equal(onCard.windows.length, windows.length);
    for (const [index, { pattern, ...place }] of onCard.windows.entries()) {
      const { pattern: expected, ...expectedPlace } = windows[index];
      assert.deepEqual(place, expectedPlace);
      assertCloseValues(pattern.flat(), expected.flat(), 1e-5, `window ${index}`);
    }
  });

  it('leaves the sink out where it is hidden', async () => {
    const { windows } = await json<PatternJson>(...ask, '--layer', '0', '--head', '0', '--hide-sink');
    assert.ok(windows[0].pattern.every((row) => row[0] === 0));
    const [shown, hidden] = await Promise.all([
      json<ScoresJson>(...ask),
      json<ScoresJson>(...ask, '--hide-sink'),
    ]);
    for (const [index, { previous_token }] of shown.heads.entries())
      assert.ok(hidden.heads[index].previous_token > previous_token);
  });

  it('gives windows where the text is longer than the context', async () => {
    const found = await json<PatternJson>(
      'attention',
      '--model',
      model,
      '--text',
      TEXT.repeat(5),
      '--layer',
      '0',
      '--head',
      '0',
    );
    assert.ok(found.windows.length > 1);
    const rows = found.windows.reduce((sum, { pattern }) => sum + pattern.length, 0);
    assert.equal(rows, found.tokens.length);
    for (const { first_destination, pattern, sources } of found.windows)
      assert.equal(sources.at(-1), first_destination + pattern.length - 1);
  });

  it('ranks heads by a pattern', async () => {
    const { heads, pairs, cells } = await json<MatchesJson>(...ask, '--pattern', 'matching-bracket');
    assert.deepEqual([pairs.length, cells], [1, 1]);
    assert.equal(heads.length, 8);
    assert.ok(heads.every(({ cosine }, index) => index === 0 || cosine <= heads[index - 1].cosine));
  });

  it('says the same as text, a head or a token a line', async () => {
    const scores = await answer(...ask, '--layer', '1');
    assert.match(scores, /^head +kind +previous-token /);
    assert.equal(scores.match(/^L1H\d /gm)?.length, 4);
    const { tokens } = await json<ScoresJson>(...ask);
    const lines = (await answer(...ask, '--layer', '1', '--head', '0')).trimEnd().split('\n');
    assert.equal(lines.length, 1 + tokens.length);
    assert.match(lines[1], /^ *0 .* \(0\) 1$/);
    assert.match(await answer(...ask, '--pattern', 'self'), /^head +cosine +mass/);
  });

  it('takes ids for a text', async () => {
    const { heads } = await json<ScoresJson>('attention', '--model', model, '--ids', '1,2,3,1');
    assert.equal(heads.length, 8);
  });

  it('refuses heads, scores and patterns that are not there, and options that contradict each other', async () => {
    await refuses(2, [...ask, '--layer', '2'], 'no layer 2');
    await refuses(2, [...ask, '--layer', '0', '--head', '4'], 'no head 4');
    await refuses(2, [...ask, '--head', '1'], '--layer');
    await refuses(2, [...ask, '--sort', 'cleverness'], 'cleverness', 'previous-token');
    await refuses(2, [...ask, '--pattern', 'zigzag'], 'zigzag', 'matching-bracket');
    await refuses(2, [...ask, '--pattern', 'self', '--sort', 'self'], '--sort');
    await refuses(2, [...ask, '--layer', '0', '--head', '1', '--sort', 'self'], '--sort');
  });
});
