// Attention statistics of a grammar on the command line.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { grammarAttention } from '../../src/backend/interpret/grammarAttention/grammarAttention';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { answer, buildCommand, json, refuses } from '../support/commandLine';
import { writeRandomCheckpoint } from '../support/randomModel';

const FAILED = 1;
const USAGE = 2;
const SAMPLE = join(__dirname, '../../media/models/cfg');
const GIVEN = ['cfg', 'attention', '--model', 'cfg', '--grammar', 'cfg3h/3'];

interface Head {
  layer: number;
  head: number;
  position: number[];
  boundary: number[][];
  between: number[][][];
  ends: (number | null)[][][];
}

interface Found {
  levels: number[];
  distances: number[];
  back: number[];
  terminals: number;
  pairs: { position: number[]; boundary: number[][]; ends: number[][][] };
  heads: Head[];
}

describe('subtext cfg attention', () => {
  const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-attention-'));

  before(async () => {
    await buildCommand();
    await writeRandomCheckpoint(join(folder, 'other'));
    writeFileSync(join(folder, 'wrong.cfg'), 'S -> a\nS -> b\n');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the statistics of every head, by level, shift and constituents back', async () => {
    const found = await json<Found>(...GIVEN, '--strings', '5', '--seed', '3');
    const model = new LanguageModel(await openCheckpoint(SAMPLE), new ReferenceExecutor());
    const wanted = await grammarAttention(
      model,
      presetGrammar('cfg3h/3'),
      { strings: 5, seed: 3 },
      NOT_CANCELLED,
    );
    assert.deepEqual(found.levels, wanted.levels);
    assert.deepEqual(found.distances, [...wanted.distances]);
    assert.deepEqual(found.pairs.position, [...wanted.positionPairs]);
    assert.deepEqual(found.pairs.ends.flat(2), [...wanted.endPairs]);
    assert.equal(found.terminals, wanted.terminals);
    assert.deepEqual(
      found.heads.map(({ layer, head }) => [layer, head]),
      Array.from({ length: 12 }, (_, row) => [Math.floor(row / 4), row % 4]),
    );
    const near = (values: (number | null)[], exact: Float32Array) => {
      assert.equal(values.length, exact.length);
      for (const [at, value] of values.entries())
        assert.ok(value === null ? Number.isNaN(exact[at]) : Math.abs(value - exact[at]) < 1e-5);
    };
    near(
      found.heads.flatMap(({ position }) => position),
      wanted.position,
    );
    near(
      found.heads.flatMap(({ boundary }) => boundary.flat()),
      wanted.boundary,
    );
    near(
      found.heads.flatMap(({ between }) => between.flat(2)),
      wanted.between,
    );
    near(
      found.heads.flatMap(({ ends }) => ends.flat(2)),
      wanted.ends,
    );
  });

  it('says in words what was read, and lists levels and heads', async () => {
    const text = await answer(...GIVEN, '--strings', '5', '--ablate', 'L0H1');
    assert.match(text, /^5 strings of cfg3h\/3, \d+ terminals\.$/m);
    assert.equal(text.match(/^level [23] /gm)?.length, 4);
    assert.equal(text.match(/^L[012]H[0-3] /gm)?.length, 12);
    assert.notEqual(text, await answer(...GIVEN, '--strings', '5'));
  });

  it('refuses strings, grammars and models that do not fit, and says why', async () => {
    await refuses(USAGE, [...GIVEN, '--strings', '0'], '--strings 0');
    await refuses(USAGE, ['cfg', 'attention', '--model', 'cfg'], '--grammar is missing');
    await refuses(FAILED, [...GIVEN.slice(0, -1), join(folder, 'wrong.cfg')], 'line 2, column 1');
    await refuses(FAILED, [...GIVEN.slice(0, -1), 'cfg3b'], 'the model reads 128 tokens', 'Drop levels');
    await refuses(FAILED, [...GIVEN, '--drop', '2'], 'no level between');
    const other = ['cfg', 'attention', '--model', join(folder, 'other'), '--grammar', 'cfg3h/3'];
    await refuses(FAILED, other, 'Token 0 of the model');
    await refuses(FAILED, [...GIVEN, '--ablate', 'L9H0'], 'L9H0');
  });
});
