// Bad input: the exit code, and one line on standard error that says what and what to do.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCommand, refuses, subtext } from '../support/commandLine';
import { writeRandomCheckpoint } from '../support/randomModel';

const FAILED = 1;
const USAGE = 2;

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const model = join(folder, 'tiny');
const at = (name: string) => join(folder, name);

type Refusal = [code: number, given: string[], ...patterns: (string | RegExp)[]];

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model);
  await cp(model, at('cut'), { recursive: true });
  truncateSync(join(at('cut'), 'model.safetensors'), 5000);
  await cp(model, at('no-tokenizer'), { recursive: true });
  rmSync(join(at('no-tokenizer'), 'tokenizer.json'));
  await cp(model, at('strange'), { recursive: true });
  writeFileSync(join(at('strange'), 'config.json'), '{"model_type":"mamba"}');
  await mkdir(at('empty'));
  writeFileSync(at('nothing.txt'), '');
  writeFileSync(at('binary.txt'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
  writeFileSync(at('latin1.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9]));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A test of several refusals, two processes at a time. */
function refused(name: string, cases: () => Refusal[]): void {
  it(name, async () => {
    const waiting = cases();
    const next = async (): Promise<void> => {
      for (let each = waiting.shift(); each; each = waiting.shift()) {
        const [code, given, ...patterns] = each;
        await refuses(code, given, ...patterns);
      }
    };
    await Promise.all([next(), next()]);
  });
}

describe('wrong usage ends with 2', () => {
  const text = ['--model', model, '--text', 'abc'];
  refused('for commands, arguments and options that there are not', () => [
    [USAGE, ['neuron'], 'no command neuron', 'neurons'],
    [USAGE, ['neurons', ...text, '--layers', '1'], '--layers', 'subtext neurons --help'],
    [USAGE, ['neurons', ...text, 'story.txt'], 'Unexpected argument story.txt'],
    [USAGE, ['neurons', ...text, '--precision', 'float8'], 'There is no precision float8', 'float16'],
    [
      FAILED,
      ['neurons', ...text, '--engine', 'cpu', '--precision', 'float16'],
      'float16: the cpu engine computes in float32',
    ],
    [USAGE, ['inspect'], 'MODEL is missing'],
    [USAGE, ['engine', 'install', 'webgpu'], 'webgpu is no engine that is installed', 'Write cuda'],
    [USAGE, ['engine', 'install'], 'cuda is missing'],
    [USAGE, ['inspect', model, model], 'Unexpected argument'],
    [USAGE, ['logits', '--text', 'abc'], '--model is missing'],
    [USAGE, ['logits', '--model'], '--model'],
    [USAGE, ['activations', ...text], '--hook is missing'],
    [USAGE, ['generate', '--model', model], '--prompt is missing'],
  ]);
  refused('for options that contradict each other, or a text that is not given', () => [
    [USAGE, ['logits', ...text, '--file', at('nothing.txt')], '--text and --file'],
    [USAGE, ['logits', ...text, '--ids', '1,2'], '--ids', '--text'],
    [USAGE, ['tokens', '--model', model], '--text or --file is missing'],
  ]);
  refused('for numbers that are none or out of range', () => [
    [USAGE, ['neurons', ...text, '--top', '0'], '--top 0', 'from 1'],
    [USAGE, ['neurons', ...text, '--top', 'many'], '--top many'],
    [USAGE, ['neurons', ...text, '--layer', '1.5'], '--layer 1.5', 'whole'],
    [USAGE, ['generate', '--model', model, '--prompt', 'a', '--temperature', '-1'], '--temperature'],
    [
      USAGE,
      ['generate', '--model', model, '--prompt', 'a', '--temperature=-1'],
      '--temperature -1',
      'from 0',
    ],
    [USAGE, ['generate', '--model', model, '--prompt', 'a', '--max-tokens', ''], '--max-tokens'],
    [USAGE, ['generate', '--model', model, '--prompt', 'a', '--seed', 'Infinity'], '--seed Infinity'],
    [USAGE, ['logits', '--model', model, '--ids', '1,two'], '--ids 1,two'],
    [USAGE, ['logits', '--model', model, '--ids', ''], '--ids'],
  ]);
  refused('for engines, layers and ids that the machine or the model has not', () => [
    [USAGE, ['logits', ...text, '--engine', 'gpu'], 'no engine gpu', 'wasm'],
    [USAGE, ['neurons', ...text, '--layer', '2'], 'no layer 2', '0 to 1'],
    [USAGE, ['logits', '--model', model, '--ids', '1,427'], '427', 'vocabulary of 427'],
  ]);
});

describe('failure ends with 1', () => {
  const text = ['--text', 'abc'];
  refused('for models that are not there or cannot be read', () => [
    [FAILED, ['logits', '--model', 'nowhere', ...text], 'no model nowhere'],
    [FAILED, ['logits', '--model', at('missing/model'), ...text], at('missing/model')],
    [FAILED, ['inspect', at('empty')], at('empty')],
    [FAILED, ['inspect', at('strange')], 'mamba', 'gpt2'],
    [FAILED, ['inspect', at('cut')], 'model.safetensors'],
    [FAILED, ['generate', '--model', at('cut'), '--prompt', 'a', '--json'], 'model.safetensors'],
    [FAILED, ['tokens', '--model', at('no-tokenizer'), ...text], 'tokenizer', at('no-tokenizer')],
  ]);
  refused('for texts that cannot be read', () => [
    [FAILED, ['logits', '--model', model, '--text', ''], 'empty'],
    [FAILED, ['neurons', '--model', model, '--file', at('nothing.txt')], 'empty'],
    [FAILED, ['neurons', '--model', model, '--file', at('binary.txt')], 'binary.txt', 'text'],
    [FAILED, ['neurons', '--model', model, '--file', at('latin1.txt')], 'latin1.txt', 'UTF-8'],
    [FAILED, ['neurons', '--model', model, '--file', at('missing.txt')], at('missing.txt')],
    [FAILED, ['neurons', '--model', model, '--file', folder], folder],
    [FAILED, ['generate', '--model', model, '--prompt', 'word '.repeat(80)], 'context is 64'],
  ]);
  refused('for activations, engines and files that cannot be had', () => [
    [FAILED, ['activations', '--model', model, ...text, '--hook', 'blocks.0.hook_mlp'], 'blocks.0.hook_mlp'],
    [FAILED, ['logits', '--model', model, ...text, '--engine', 'cuda'], /CUDA|NVIDIA/],
    [FAILED, ['logits', '--model', model, ...text, '--out', at('missing/out.safetensors')], at('missing')],
  ]);

  it('for patterns of a text that takes several windows', async () => {
    const given = ['--text', 'word '.repeat(80), '--hook', 'blocks.0.attn.hook_pattern'];
    const { code, stdout, stderr } = await subtext(['activations', '--model', model, ...given]);
    assert.deepEqual([code, stdout], [FAILED, '']);
    assert.match(stderr, /\nsubtext: [^\n]*hook_pattern[^\n]*at most 64 tokens\.\n$/);
  });
});
