// subtext lens and subtext attribute: the shapes that scripts rely on, and numbers that agree with other commands.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { visible } from '../../src/cli/output';
import { LENS_CELLS } from '../../src/protocol/lens';
import { answer, buildCommand, json, refuses, subtext } from '../support/commandLine';
import { assertCloseValues } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const model = join(folder, 'tiny');
const TEXT = 'The crew were baked in the sun.';
const GIVEN = ['--model', model, '--text', TEXT];

interface LensJson {
  note: string;
  layers: { label: string; hook: string }[];
  text_tokens: number;
  from: number;
  tokens: { id: number; text: string }[];
  targets: (number | null)[];
  top_id: number[][];
  top_text: string[][];
  top_probability: number[][];
  target_probability: (number | null)[][];
  target_rank: (number | null)[][];
  kl: number[][];
  entropy: number[][];
  token?: number;
  top?: { id: number; text: string; probability: number }[][];
}

interface AttributeJson {
  position: number;
  token: { id: number; text: string; logit: number; probability: number };
  against?: { id: number };
  logit: number;
  components: { kind: string; layer?: number; head?: number; value: number }[];
  constants: { name: string; value: number }[];
  accumulated: number[];
  neurons?: { layer: number; neuron: number; activation: number; value: number }[];
  neurons_rest?: number;
}

interface LogitsJson {
  positions: { logprob: number | null; rank: number | null; top: { id: number; logprob: number }[] }[];
}

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('subtext lens', () => {
  it('gives every column by layer and token; the last layer is what subtext logits says', async () => {
    const [found, { positions }] = await Promise.all([
      json<LensJson>('lens', ...GIVEN),
      json<LogitsJson>('logits', ...GIVEN, '--top', '1'),
    ]);
    assert.deepEqual(
      found.layers.map(({ label }) => label),
      ['embed', 'L0', 'L1'],
    );
    const count = found.tokens.length;
    for (const column of ['top_id', 'top_text', 'top_probability', 'target_rank', 'kl', 'entropy'] as const)
      assert.deepEqual(
        found[column].map((row) => row.length),
        [count, count, count],
        column,
      );
    assert.deepEqual(found.targets, [...found.tokens.slice(1).map(({ id }) => id), null]);
    assert.deepEqual(
      found.top_id[2],
      positions.map(({ top }) => top[0].id),
    );
    assertCloseValues(
      found.target_probability[2].slice(0, -1) as number[],
      positions.slice(1).map(({ logprob }) => Math.exp(logprob!)),
      1e-6,
      'target',
    );
    assert.deepEqual(found.target_rank[2], [...positions.slice(1).map(({ rank }) => rank), null]);
    assert.ok(found.kl[2].every((value) => value === 0) && found.kl[0].every((value) => value > 0));
  });

  it('prints a row for each token and a column for each layer, and says how streams are read', async () => {
    const { code, stdout, stderr } = await subtext(['lens', ...GIVEN]);
    assert.equal(code, 0);
    assert.match(stderr, /final norm with each layer's own statistics/);
    const { tokens } = await json<LensJson>('lens', ...GIVEN);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0], /^token +embed +L0 +L1$/);
    assert.equal(lines.length, tokens.length + 2);
    assert.ok(lines.every((line) => line.length <= 100));
  });

  it('lists the likeliest at one token, layer by layer', async () => {
    const given = [...GIVEN, '--token', '3', '--top', '4'];
    const [found, all] = await Promise.all([
      json<LensJson>('lens', ...given),
      json<LensJson>('lens', ...GIVEN),
    ]);
    assert.equal(found.token, 3);
    assert.deepEqual(
      found.top!.map((list) => list.length),
      [4, 4, 4],
    );
    assert.deepEqual(
      found.top!.map(([first]) => first.id),
      all.top_id.map((row) => row[3]),
    );
    const lines = (await answer('lens', ...given)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['layer', 'embed', 'L0', 'L1'],
    );
  });

  it('reads the tokens that it is told to', async () => {
    const [all, some] = await Promise.all([
      json<LensJson>('lens', ...GIVEN),
      json<LensJson>('lens', ...GIVEN, '--from', '2', '--count', '3'),
    ]);
    assert.deepEqual([some.from, some.text_tokens], [2, all.tokens.length]);
    assert.deepEqual(some.tokens, all.tokens.slice(2, 5));
    assert.deepEqual(
      some.top_id,
      all.top_id.map((row) => row.slice(2, 5)),
    );
    const lines = (await answer('lens', ...GIVEN, '--from', '2', '--count', '3')).trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(1, -1).map((line) => line.split(' ')[0]),
      some.tokens.map(({ text }) => visible(text)),
    );
  });

  it('reads the beginning of a long text, and says how to read the rest', async () => {
    const file = join(folder, 'long.txt');
    writeFileSync(file, TEXT.repeat(1200));
    const given = ['lens', '--model', model, '--file', file];
    const { code, stdout, stderr } = await subtext([...given, '--json']);
    const { tokens, layers, text_tokens: length } = JSON.parse(stdout) as LensJson;
    assert.equal(code, 0);
    assert.equal(tokens.length, Math.floor(LENS_CELLS / layers.length));
    assert.ok(length > tokens.length);
    assert.match(stderr, /tokens 0 to 6,665 of [\d,]+ are read: --from and --count say which others/);
  });

  it('refuses a token that the text does not have, and one token in a stretch of others', async () => {
    await refuses(2, ['lens', ...GIVEN, '--token', '99'], 'no token 99');
    await refuses(2, ['lens', ...GIVEN, '--from', '99'], 'no token 99');
    await refuses(2, ['lens', ...GIVEN, '--token', '1', '--count', '2'], '--token', '--count');
  });
});

describe('subtext attribute', () => {
  it('gives addends that sum to the logit, and the biases of the constant', async () => {
    const found = await json<AttributeJson>('attribute', ...GIVEN, '--position', '4', '--token', '7');
    assert.deepEqual([found.position, found.token.id], [4, 7]);
    const total = (list: { value: number }[]) => list.reduce((sum, { value }) => sum + value, 0);
    assertCloseValues([total(found.components)], [found.token.logit], 1e-4, 'sum');
    const constant = found.components.filter(({ kind }) => kind === 'constant');
    assertCloseValues([total(found.constants)], [constant[0].value], 1e-5, 'constant');
    assert.equal(found.components.filter(({ kind }) => kind === 'head').length, 8);
    assert.equal(found.accumulated.length, 3);
    assert.equal(found.neurons, undefined);
  });

  it('takes the last token and its likeliest next unless told otherwise; a token by its text too', async () => {
    const [found, { positions }] = await Promise.all([
      json<AttributeJson>('attribute', ...GIVEN, '--against', ' the', '--neurons', '3'),
      json<LogitsJson>('logits', ...GIVEN, '--top', '1'),
    ]);
    assert.equal(found.position, positions.length - 1);
    assert.equal(found.token.id, positions.at(-1)!.top[0].id);
    assert.ok(found.against);
    assert.equal(found.neurons!.length, 3);
    const mlps = found.components.filter(({ kind }) => kind === 'mlp');
    const whole = [...found.neurons!, { value: found.neurons_rest! }].reduce(
      (sum, { value }) => sum + value,
      0,
    );
    assertCloseValues([whole], [mlps.reduce((sum, { value }) => sum + value, 0)], 1e-5, 'neurons');
  });

  it('prints the addends, largest first, and their sum', async () => {
    const shown = await answer('attribute', ...GIVEN, '--token', '7', '--neurons', '2', '--layer', '1');
    const [title, ...lines] = shown.trimEnd().split('\n');
    assert.match(title, /after token \d+ \./);
    const sizes = lines.slice(0, 13).map((line) => Math.abs(Number(/\s(\S+)$/.exec(line)![1])));
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
    assert.match(lines[13], /^sum /);
    assert.match(shown, /^L1 N\d+ +\S+ +activation /m);
  });

  it('refuses positions, tokens and layers that there are not', async () => {
    await refuses(2, ['attribute', ...GIVEN, '--position', '99'], 'no token 99');
    await refuses(2, ['attribute', ...GIVEN, '--layer', '1'], '--layer is given without --neurons');
    await refuses(2, ['attribute', ...GIVEN, '--token', '427'], '427');
    await refuses(2, ['attribute', ...GIVEN, '--token', 'xyz xyz'], 'tokens');
    await refuses(2, ['attribute', ...GIVEN, '--neurons', '3', '--layer', '2'], 'layer 2');
  });
});
