// Every command with and without --json: the shapes that scripts rely on, and answers that agree with each other.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EngineStatus } from '../../src/protocol/types';
import { answer, buildCommand, json, subtext } from '../support/commandLine';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';
import { readSafetensors } from '../support/safetensors';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const model = join(folder, 'tiny');
const out = join(folder, 'out.safetensors');
const TEXT = 'The crew were baked in the sun.';
const VOCABULARY = 427;

interface TokenJson {
  id: number;
  text: string;
  start: number;
  end: number;
}

interface PositionJson {
  id: number;
  logprob: number | null;
  rank: number | null;
  top: { id: number; text: string; logprob: number }[];
}

interface NeuronJson {
  layer: number;
  neuron: number;
  max: number;
  token: number;
  fraction_nonzero: number;
  top: { token: number; value: number }[];
}

interface NeuronsJson {
  model: string;
  tokens: TokenJson[];
  neurons: NeuronJson[];
}

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('subtext', () => {
  it('without a command says what there is and exits with 2; help, --help and --version exit with 0', async () => {
    const [none, help, ofCommand, version] = await Promise.all([
      subtext([]),
      answer('--help'),
      answer('neurons', '--help'),
      answer('--version'),
    ]);
    assert.equal(none.code, 2);
    for (const name of ['devices', 'inspect', 'tokens', 'generate', 'logits', 'activations', 'neurons'])
      assert.match(help, new RegExp(`^  ${name}  `, 'm'));
    assert.match(ofCommand, /^Usage: subtext neurons \[options\]\n/);
    for (const option of ['model', 'engine', 'text', 'file', 'ids', 'layer', 'top', 'json'])
      assert.match(ofCommand, new RegExp(`^  --${option}\\b`, 'm'));
    assert.match(version, /^\d+\.\d+\.\d+\n$/);
  });
});

describe('subtext engine remove', () => {
  it('says whether there was an engine', async () => {
    assert.deepEqual(await json('engine', 'remove', 'cuda', '--into', folder), { removed: false });
  });
});

describe('subtext devices', () => {
  it('lists each engine with whether it can be used and why not', async () => {
    const engines = await json<EngineStatus[]>('devices');
    assert.deepEqual(
      engines.map(({ engine }) => engine),
      ['cpu', 'webgpu', 'cuda', 'wasm'],
    );
    for (const { engine, usable, reason, adapter } of engines) {
      assert.equal(reason === null, usable, engine);
      assert.equal(adapter !== null, usable, engine);
    }
    const lines = (await answer('devices')).trimEnd().split('\n');
    assert.equal(lines.length, engines.length);
    assert.match(
      lines.find((line) => line.startsWith('wasm'))!,
      /usable/,
    );
  });
});

describe('subtext inspect', () => {
  it('gives format, architecture, configuration, tensors, parameters and activation names', async () => {
    const found = await json<{
      format: string;
      architecture: string;
      parameters: number;
      configuration: Record<string, unknown>;
      tensors: { name: string; dtype: string; shape: number[] }[];
      hooks: string[];
    }>('inspect', model);
    assert.deepEqual([found.format, found.architecture], ['hugging-face', 'gpt2']);
    const { n_layers, d_model, d_mlp, d_vocab, n_ctx } = found.configuration;
    assert.deepEqual([n_layers, d_model, d_mlp, d_vocab, n_ctx], [2, 32, 128, VOCABULARY, 64]);
    const sizes = found.tensors.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    assert.equal(
      found.parameters,
      sizes.reduce((a, b) => a + b, 0),
    );
    assert.ok(found.hooks.includes('blocks.1.mlp.hook_post'));
    const shown = await answer('inspect', join(model, 'model.safetensors'));
    assert.match(shown, /^architecture +gpt2$/m);
    assert.match(shown, /^transformer\.wte\.weight +F32 +\[427, 32\]$/m);
  });
});

describe('subtext tokens', () => {
  it('gives ids, pieces and character ranges that tile the text, of --text and of --file', async () => {
    const text = ' Héllo  world\r\n\t👍🏽 ok';
    writeFileSync(join(folder, 'text.txt'), text);
    const { tokens } = await json<{ tokens: TokenJson[] }>('tokens', '--model', model, '--text', text);
    assert.deepEqual(Object.keys(tokens[0]), ['id', 'text', 'start', 'end']);
    let end = 0;
    for (const token of tokens) {
      assert.equal(token.start, end);
      end = token.end;
    }
    assert.equal(end, text.length);
    const file = ['--file', join(folder, 'text.txt')];
    assert.deepEqual(await json('tokens', '--model', model, ...file), { tokens });
    const lines = (await answer('tokens', '--model', model, ...file)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.trim().split(/\s+/).slice(0, 3).map(Number)),
      tokens.map(({ id, start, end: last }) => [id, start, last]),
    );
  });
});

describe('subtext logits', () => {
  it('gives log-probability and rank of each token and the likeliest next, as the full tensor says', async () => {
    const given = ['--model', model, '--text', TEXT, '--top', '3', '--out', out];
    const { positions } = await json<{ positions: PositionJson[] }>('logits', ...given);
    const { tokens } = await json<{ tokens: TokenJson[] }>('tokens', '--model', model, '--text', TEXT);
    const tensors = await readSafetensors(out);
    assert.deepEqual([...tensors.keys()], ['logits']);
    const full = tensors.get('logits')!;
    assert.deepEqual(full.shape, [tokens.length, VOCABULARY]);
    assert.deepEqual(
      positions.map(({ id }) => id),
      tokens.map(({ id }) => id),
    );
    assert.deepEqual([positions[0].logprob, positions[0].rank], [null, null]);
    for (const [index, { id, logprob, rank, top }] of positions.entries()) {
      const next = softmaxOf(rowOf(full, index)).map(Math.log);
      const order = next.map((_, each) => each).sort((a, b) => next[b] - next[a]);
      assert.deepEqual(
        top.map((each) => each.id),
        order.slice(0, 3),
      );
      assertCloseValues(
        top.map((each) => each.logprob),
        order.slice(0, 3).map((each) => next[each]),
        1e-4,
        'top',
      );
      if (index === 0) continue;
      const before = softmaxOf(rowOf(full, index - 1)).map(Math.log);
      assertCloseValues([logprob!], [before[id]], 1e-4, `logprob at ${index}`);
      assert.equal(rank, 1 + before.filter((value) => value > before[id]).length);
    }
  });

  it('reads ids in place of a text', async () => {
    const ids = [1, 400, 33];
    const [{ positions }, shown] = await Promise.all([
      json<{ positions: PositionJson[] }>('logits', '--model', model, '--ids', ids.join()),
      answer('logits', '--model', model, '--ids', ids.join(), '--top', '0'),
    ]);
    assert.deepEqual(
      positions.map(({ id }) => id),
      ids,
    );
    assert.equal(positions[0].top.length, 5);
    assert.equal(shown.trimEnd().split('\n').length, 1 + ids.length);
  });
});

describe('subtext activations', () => {
  it('writes the tensor under its hook name, the same numbers as in the JSON answer', async () => {
    const hook = 'blocks.1.attn.hook_pattern';
    const given = ['--model', model, '--text', TEXT, '--hook', hook];
    const inline = await json<{ hook: string; shape: number[]; data: number[] }>('activations', ...given);
    assert.equal(inline.hook, hook);
    assert.deepEqual(inline.shape.slice(0, 2), [1, 4]);
    const written = await json<object>('activations', ...given, '--out', out);
    assert.deepEqual(written, { hook, shape: inline.shape, file: out });
    const tensors = await readSafetensors(out);
    assert.deepEqual([...tensors.keys()], [hook]);
    assert.deepEqual(tensors.get(hook)!.shape, inline.shape);
    assertCloseValues(tensors.get(hook)!.data, inline.data, 1e-9, hook);
    const [shape, length] = [inline.shape.join(', '), inline.data.length];
    assert.equal(
      length,
      inline.shape.reduce((a, b) => a * b, 1),
    );
    assert.ok((await answer('activations', ...given)).startsWith(`${hook} [${shape}]  min `));
  });
});

describe('subtext neurons', () => {
  it('ranks neurons by their largest activation, as the activations themselves say', async () => {
    const given = ['--model', model, '--text', TEXT];
    const found = await json<NeuronsJson>('neurons', ...given, '--top', '7');
    assert.equal(found.model, 'tiny');
    assert.deepEqual(await json('tokens', ...given), { tokens: found.tokens });
    assert.equal(found.neurons.length, 7);
    const layers = await Promise.all(
      [0, 1].map((layer) =>
        json<{ data: number[] }>('activations', ...given, '--hook', `blocks.${layer}.mlp.hook_post`),
      ),
    );
    const column = (layer: number, neuron: number) =>
      found.tokens.map((_, token) => layers[layer].data[token * 128 + neuron]);
    const maxima = layers.flatMap((_, layer) =>
      Array.from({ length: 128 }, (__, neuron) => Math.max(...column(layer, neuron))),
    );
    maxima.sort((a, b) => b - a);
    assertCloseValues(
      found.neurons.map(({ max }) => max),
      maxima.slice(0, 7),
      1e-5,
      'max',
    );
    for (const { layer, neuron, max, token, fraction_nonzero, top } of found.neurons) {
      const values = column(layer, neuron);
      const order = values.map((_, index) => index).sort((a, b) => values[b] - values[a] || a - b);
      assert.equal(token, order[0]);
      assert.deepEqual(
        top.map((each) => each.token),
        order.slice(0, 5),
      );
      assertCloseValues(
        top.map(({ value }) => value),
        order.slice(0, 5).map((each) => values[each]),
        1e-5,
        'top',
      );
      assert.equal(top[0].value, max);
      assert.equal(fraction_nonzero, values.filter((value) => value !== 0).length / values.length);
    }
  });

  it('shows those of one layer, with the strongest token in its context', async () => {
    const given = ['--model', model, '--text', TEXT, '--layer', '1', '--top', '3'];
    const [{ neurons }, shown] = await Promise.all([
      json<NeuronsJson>('neurons', ...given),
      answer('neurons', ...given),
    ]);
    assert.deepEqual(
      neurons.map(({ layer }) => layer),
      [1, 1, 1],
    );
    const lines = shown.trimEnd().split('\n').slice(1);
    assert.deepEqual(
      lines.map((line) => line.slice(0, line.indexOf('  '))),
      neurons.map(({ neuron }) => `L1 N${neuron}`),
    );
    assert.ok(lines.every((line) => /▐.+▌/.test(line)));
  });
});
