// *Train Probe…*: questions in turn with a way back, the recipe that the answers make, and the columns of a labelled file.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseProbeRecipe } from '../../src/backend/interpret/probes/recipe';
import { BackendFailure } from '../../src/host/backend/failure';
import { columnsOf } from '../../src/host/probes/jsonColumns';
import { composeProbeRecipe, PROBE_KINDS, type ProbeAnswers } from '../../src/host/probes/recipe';
import { back, type Back, inSteps, type StepQuestion } from '../../src/host/probes/steps';

interface Pizza {
  size: string;
  topping: string;
  extra: string;
  drink: string;
}

/** Answers from a list, and notes where it was asked and what it knew of earlier visits. */
function dialogue(answers: (string | Back | undefined)[]) {
  const asked: string[] = [];
  const question = (key: keyof Pizza, applies?: (given: Partial<Pizza>) => boolean): StepQuestion<Pizza> => ({
    applies,
    ask: (_, before, { number, of, canGoBack }) => {
      asked.push(`${key} ${number}/${of}${canGoBack ? ' <' : ''} ${before[key] ?? ''}`.trim());
      const answer = answers.shift();
      return Promise.resolve(typeof answer === 'string' ? { [key]: answer } : answer);
    },
  });
  const questions = [
    question('size'),
    question('topping'),
    question('extra', ({ topping }) => topping !== 'none'),
    question('drink'),
  ];
  return { asked, result: inSteps(questions) };
}

describe('questions in turn', () => {
  it('lead to all answers, without those that do not apply', async () => {
    const { asked, result } = dialogue(['large', 'none', 'water']);
    assert.deepEqual(await result, { size: 'large', topping: 'none', drink: 'water' });
    assert.deepEqual(asked, ['size 1/4', 'topping 2/4 <', 'drink 3/3 <']);
  });

  it('can be taken back, and remember what was answered', async () => {
    const { asked, result } = dialogue(['large', 'ham', 'egg', back, back, 'none', 'water']);
    assert.deepEqual(await result, { size: 'large', topping: 'none', drink: 'water' });
    assert.deepEqual(asked.slice(3), ['drink 4/4 <', 'extra 3/4 < egg', 'topping 2/4 < ham', 'drink 3/3 <']);
  });

  it('end without answers where a person gives up', async () => {
    const { result } = dialogue(['large', undefined]);
    assert.equal(await result, undefined);
  });
});

describe('the recipe of probes', () => {
  const grammar: ProbeAnswers = {
    models: ['/home/me/models/cfg', { run: '/home/me/work/.subtext/runs/cfg-01' }],
    data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, title: 'cfg3b/3', levels: [2, 3] },
    targets: [{ kind: 'ancestor' }, { kind: 'ancestor-at-ends' }, { kind: 'position' }],
    levels: [3],
    hooks: ['blocks.*.hook_resid_post', 'hook_embed'],
    layers: [0, 1],
    kind: 'tridiagonal',
  };

  it('says what was answered, with paths below its folder relative to it', () => {
    const { name, recipe } = composeProbeRecipe(grammar, '/home/me/work');
    assert.equal(name, 'cfg-ancestor');
    assert.deepEqual(JSON.parse(recipe), {
      models: ['/home/me/models/cfg', { run: './.subtext/runs/cfg-01' }],
      data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
      targets: [
        { kind: 'ancestor', levels: [3] },
        { kind: 'ancestor', levels: [3], at: 'ends' },
        { kind: 'position' },
      ],
      activations: { hooks: ['blocks.*.hook_resid_post', 'hook_embed'], layers: [0, 1] },
      probe: { kind: 'multi-head', locality: 'tridiagonal' },
    });
  });

  it('is one that the backend takes, for every kind and for texts', () => {
    const kinds = Object.keys(PROBE_KINDS) as (keyof typeof PROBE_KINDS)[];
    const texts: ProbeAnswers = {
      ...grammar,
      data: { kind: 'text', path: '/data/x.jsonl', textColumn: 'story', labelColumns: ['word'] },
      targets: [
        { kind: 'column', column: 'word' },
        { kind: 'pattern', pattern: '\\d+' },
        { kind: 'next-token' },
      ],
      hooks: ['hook_embed'],
      levels: 'all',
      layers: 'all',
    };
    for (const answers of [grammar, texts]) {
      for (const kind of kinds) {
        const { recipe } = composeProbeRecipe({ ...answers, kind }, '/home/me/work');
        assert.equal(parseProbeRecipe(recipe, 'x.probe.json').probe.kind, PROBE_KINDS[kind].kind);
      }
    }
  });
});

describe('the columns of a labelled file', () => {
  let folder = '';
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'subtext-columns-'))));
  after(() => rm(folder, { recursive: true }));

  it('are those of its first line, the text before other texts', async () => {
    const path = join(folder, 'a.jsonl');
    await writeFile(
      path,
      '\uFEFF{"id": 1, "topic": "x", "text": "é 😀", "spans": [[0, 1, "a"]]}\r\n{"broken',
    );
    assert.deepEqual(await columnsOf(path), {
      texts: ['text', 'topic'],
      all: ['id', 'topic', 'text', 'spans'],
    });
  });

  it('are refused where there are none', async () => {
    const path = join(folder, 'b.jsonl');
    for (const [content, said] of [
      ['', 'no JSON object'],
      ['plain text', 'no JSON object'],
      ['[1]', 'no JSON object'],
      ['{"n": 1}', 'no text'],
    ]) {
      await writeFile(path, content);
      await assert.rejects(columnsOf(path), (error: unknown) => {
        assert.ok(error instanceof BackendFailure && error.message.includes(said), String(error));
        return true;
      });
    }
    await assert.rejects(columnsOf(join(folder, 'nowhere')), BackendFailure);
  });
});
