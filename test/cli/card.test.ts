// `subtext card`: the card of a run, and the sample models with theirs.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Figure } from '../../src/backend/card/figure';
import { answer, buildCommand, json, refuses } from '../support/commandLine';

const FAILED = 1;
const folder = mkdtempSync(join(tmpdir(), 'subtext-card-'));
before(buildCommand);
after(() => rmSync(folder, { recursive: true, force: true }));

function recipe(name: string, content: object): string {
  const path = join(folder, `${name}.subtext.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const train = {
  steps: 4,
  batch: 2,
  context: 64,
  learning_rate: 1e-3,
  eval_batches: 1,
  samples: { count: 1, max_tokens: 8 },
};

async function cardOf(name: string, content: object): Promise<{ figures: Figure[]; text: string }> {
  const run = join(folder, name);
  await answer('train', recipe(name, content), '--out', run);
  const made: { card: string; figures: Figure[] } = await json('card', run, '--samples', '4');
  const { card, figures } = made;
  assert.equal(card, join(run, 'final', 'README.md'));
  return { figures, text: readFileSync(card, 'utf8') };
}

describe('subtext card', () => {
  it('measures a model of a grammar', async () => {
    const { figures, text } = await cardOf('grammar', {
      name: 'my grammar',
      data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
      model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
      train,
    });
    assert.deepEqual(
      figures.map(({ id }) => id),
      ['accuracy_cut_0', 'kl', 'cross_entropy', 'accuracy_cut_10'],
    );
    const [, kl, cross] = figures;
    // What a model loses against the truth is its divergence.
    assert.ok(Math.abs(cross.value - cross.ofData! - kl.value) < 0.1, `${cross.value} ${kl.value}`);
    assert.match(text, /^# my grammar$/m);
    assert.match(text, /\| true entropy \| 0\.3670 \|/);
    assert.match(text, /"drop": 3/);
  });

  it('says what the probes read that were trained beside the model', async () => {
    const content = {
      data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
      model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
      train,
    };
    const run = join(folder, 'probed');
    await answer('train', recipe('probed', content), '--out', run);
    const probes = join(folder, 'boundaries.probe.json');
    writeFileSync(
      probes,
      JSON.stringify({
        models: [join(run, 'final')],
        data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 200 },
        targets: [{ kind: 'boundary', levels: [3] }],
        activations: { hooks: ['blocks.0.hook_resid_post'] },
        probe: { kind: 'linear', solver: 'ridge' },
      }),
    );
    const found = await json<{ probes: { accuracy: number }[] }>(
      ...['probe', probes, '--out', join(run, 'probes', 'boundaries')],
    );
    const { card } = await json<{ card: string }>('card', run, '--samples', '4');
    const share = (100 * found.probes[0].accuracy).toFixed(1);
    assert.match(
      readFileSync(card, 'utf8'),
      new RegExp(`\\| boundary, level 3 \\| blocks.0.hook_resid_post \\| ${share} % \\|`),
    );
  });

  it('measures a model of stories', async () => {
    const { figures, text } = await cardOf('stories', {
      data: { kind: 'stories' },
      tokenizer: { kind: 'bpe', vocabulary: 300, megabytes: 0.05 },
      model: { architecture: 'gpt_neo', layers: 1, width: 16, heads: 2 },
      train,
    });
    assert.deepEqual(
      figures.map(({ id }) => id),
      ['bits_per_character', 'ended', 'distinct', 'names_known', 'novel_8_grams', 'length'],
    );
    assert.ok(figures[0].value > 1 && figures[0].value < 8, String(figures[0].value));
    assert.match(text, /\| Distinct stories \| \d+\.\d % \| 100\.0 % \|/);
  });

  it('has no figures of its own for text, and tells nobody where the text lay', async () => {
    const texts = join(folder, 'texts.txt');
    const lines = Array.from({ length: 200 }, (_, index) => `Line ${index} of many.\n<|endoftext|>\n`);
    writeFileSync(texts, lines.join(''));
    const { figures, text } = await cardOf('text', {
      data: { kind: 'text', files: [texts], validation_share: 0.2 },
      tokenizer: { kind: 'characters' },
      model: { architecture: 'gpt2', layers: 1, width: 16, heads: 2 },
      train,
    });
    assert.deepEqual(figures, []);
    assert.match(text, /"texts\.txt"/);
    assert.ok(!text.includes(folder), text);
  });

  it('refuses a run that is not finished, and a folder that holds none', async () => {
    const path = recipe('cancelled', {
      data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
      model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
      train,
    });
    const run = join(folder, 'unfinished');
    await answer('train', path, '--out', run);
    const status = JSON.parse(readFileSync(join(run, 'status.json'), 'utf8')) as object;
    writeFileSync(join(run, 'status.json'), JSON.stringify({ ...status, state: 'paused' }));
    await refuses(FAILED, ['card', run], /is not finished/);
    await refuses(FAILED, ['card', folder], /holds no run/);
  });
});

describe('the sample models', () => {
  const models = join(__dirname, '../../media/models');
  const card = (name: string) => readFileSync(join(models, name, 'README.md'), 'utf8');

  it('take at most 8 MB', () => {
    const files = readdirSync(models, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const sizes = files.map((file) => statSync(join(file.parentPath, file.name)).size);
    assert.ok(sizes.reduce((a, b) => a + b) <= 8e6);
  });

  it('cfg writes strings of its grammar, as its card says', async () => {
    const found = await json<{ accuracy: number }>(
      ...['cfg', 'eval', '--model', 'cfg', '--grammar', 'cfg3h/3', '--cut', '0', '--samples', '1000'],
    );
    assert.ok(found.accuracy >= 0.95, String(found.accuracy));
    assert.ok(
      card('cfg').includes(`| Generation accuracy, cut 0 | ${(100 * found.accuracy).toFixed(1)} % |`),
      String(found.accuracy),
    );
  });

  it('stories writes stories that end and keep to their names, as its card says', async () => {
    const text = await answer(
      ...[
        'generate',
        '--model',
        'stories',
        '--prompt',
        'Once upon a time, there was a',
        '--max-tokens',
        '60',
      ],
      ...['--temperature', '0', '--seed', '0'],
    );
    assert.match(text, /\. /);
    for (const name of ['Stories that come to an end', 'Stories that keep to their names']) {
      const [, share] = new RegExp(`\\| ${name} \\| ([\\d.]+) % \\|`).exec(card('stories')) ?? [];
      assert.ok(Number(share) >= 90, `${name}: ${share}`);
    }
  });

  it('stories knows the language of the sample story', async () => {
    const { positions } = await json<{ positions: { logprob: number | null }[] }>(
      ...['logits', '--model', 'stories', '--file', join(__dirname, '../../media/samples/story.txt')],
    );
    const losses = positions.flatMap(({ logprob }) => (logprob === null ? [] : [-logprob]));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    // Of stories never seen 0.4 nats; of stories in another's words, 7.
    assert.ok(mean < 1, `${mean} nats per token`);
  });
});
