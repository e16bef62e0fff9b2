// Where a model's context ends: continuations that reach it, and texts that are longer.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '../../src/backend/random';
import { buildCommand, json, subtext } from '../support/commandLine';
import { writeRandomCheckpoint } from '../support/randomModel';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const model = join(folder, 'tiny');
const CONTEXT = 64;

interface Tokens {
  tokens: { id: number; start: number }[];
}

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model, { context: CONTEXT });
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('subtext generate', () => {
  it('prints the continuation alone, and with --json its ids too', async () => {
    const given = ['--model', model, '--prompt', 'The', '--max-tokens', '12', '--seed', '5'];
    const [shown, found] = await Promise.all([
      subtext(['generate', ...given]),
      json<{ text: string; ids: number[] }>('generate', ...given),
    ]);
    assert.deepEqual([shown.code, shown.stderr], [0, '']);
    assert.deepEqual(Object.keys(found), ['text', 'ids']);
    assert.equal(shown.stdout, found.text);
    assert.equal(found.ids.length, 12);
  });

  it('says when it ends with the context', async () => {
    const { code, stdout, stderr } = await subtext([
      'generate',
      '--model',
      model,
      '--prompt',
      'The',
      '--temperature',
      '0',
      '--max-tokens',
      '1000',
      '--json',
    ]);
    assert.equal(code, 0);
    const prompt = await json<Tokens>('tokens', '--model', model, '--text', 'The');
    const { ids } = JSON.parse(stdout) as { ids: number[] };
    assert.equal(ids.length, CONTEXT - prompt.tokens.length + 1);
    assert.match(stderr, /^subtext: stopped at the end of the model's context of 64 tokens\n$/);
  });

  it('does not say so when the text itself ends at the last position', async () => {
    const text = 'The crew were baked in the sun. '.repeat(12);
    const { tokens } = await json<Tokens>('tokens', '--model', model, '--text', text);
    const prompt = text.slice(0, tokens[CONTEXT - 1].start);
    // Almost uniform over the tokens: the first number chooses any of them, the second the last, which ends a text.
    let seed = 0;
    for (let [first, second] = [1, 0]; first > 0.9 || second < 0.999;) {
      const random = seededRandom(++seed);
      [first, second] = [random(), random()];
    }
    const given = ['--temperature', '1000', '--seed', String(seed), '--json'];
    const { stdout, stderr } = await subtext(['generate', '--model', model, '--prompt', prompt, ...given]);
    assert.equal((JSON.parse(stdout) as { ids: number[] }).ids.length, 1);
    assert.equal(stderr, '');
  });
});

describe('a text longer than the context', () => {
  const long = 'The crew were baked in the sun. '.repeat(20);
  const given = ['--model', model, '--text', long];

  it('is read in windows, which standard error says', async () => {
    const { code, stdout, stderr } = await subtext(['logits', ...given, '--json', '--top', '1']);
    assert.equal(code, 0);
    assert.match(stderr, /^subtext: .*longer than the context: \d+ windows of 64, overlap 32\n$/);
    const { positions } = JSON.parse(stdout) as { positions: { logprob: number }[] };
    const { tokens } = await json<Tokens>('tokens', ...given);
    assert.equal(positions.length, tokens.length);
    assert.ok(positions.slice(1).every(({ logprob }) => logprob < 0));
  });

  it('has activations at every token, position embeddings too', async () => {
    const { tokens } = await json<Tokens>('tokens', ...given);
    for (const [hook, shape] of [
      ['blocks.0.attn.hook_z', [1, tokens.length, 4, 8]],
      ['hook_pos_embed', [1, tokens.length, 32]],
    ] as const) {
      const found = await json<{ shape: number[]; data: number[] }>('activations', ...given, '--hook', hook);
      assert.deepEqual(found.shape, shape, hook);
      assert.equal(
        found.data.length,
        shape.reduce((a, b) => a * b, 1),
      );
    }
  });
});
