// The questions of *Train Probe…* from the first to the recipe that they make, by a person who answers after a script.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseProbeRecipe, resolvedProbeRecipe } from '../../src/backend/interpret/probes/recipe';
import { BackendFailure } from '../../src/host/backend/failure';
import type { Item, Page, Person } from '../../src/host/probes/person';
import { probeQuestions, type ModelsToProbe, type ProbeDialogue } from '../../src/host/probes/questions';
import { composeProbeRecipe } from '../../src/host/probes/recipe';
import { type Back, back, type DialogueStep, inSteps } from '../../src/host/probes/steps';
import type { ProbeChoices } from '../../src/protocol/probes';
import type { Params } from '../../src/protocol/requests';
import { FakeRequester } from './host-fakes';

const WORK = '/home/me/work';
const RUN = join(WORK, '.subtext/runs/cfg-01');

const grammar = (name: string): ProbeChoices['grammars'][number] => {
  return { name, drop: 0, title: name, detail: '4 levels, 9 to 64 terminals', levels: [2, 3] };
};

function backend(): FakeRequester {
  const requester = new FakeRequester();
  requester.automatic = (name, params): ProbeChoices | Error => {
    assert.equal(name, 'subtext/probeChoices');
    const asked = params as Params<'subtext/probeChoices'>;
    if (asked.model === '/empty')
      return new BackendFailure('not-found', '/empty holds no model', 'Name one.');
    return {
      layers: 3,
      hooks: ['hook_embed', 'blocks.*.hook_resid_post', 'blocks.*.hook_mlp_out'],
      grammars: asked.grammar === undefined ? [grammar('cfg3b/3')] : [grammar(asked.grammar)],
    };
  };
  return requester;
}

const models: ModelsToProbe = {
  open: [{ id: '/models/cfg', name: 'cfg' }],
  active: '/models/cfg',
  samples: ['/models/cfg', '/models/stories'],
  known: [],
  runs: [
    { name: 'cfg-01', path: RUN, checkpoints: 4 },
    { name: 'new-01', path: `${RUN}-new`, checkpoints: 0 },
  ],
};

/** `'ok'` takes what is chosen at first; a list is what is chosen, by parts of labels. */
type Answer = string | string[] | Back | undefined;

/** A person who answers by a script: labels, texts and paths, each where it is asked for. */
async function talk(script: Answer[]) {
  const seen: string[] = [];
  const heard: string[] = [];
  const requester = backend();
  async function choose<Choice extends Item>(step: DialogueStep, loading: Promise<Page<Choice>>) {
    const { placeholder, items, active } = await loading;
    const first = active.map(({ label }) => label).join(', ');
    seen.push(`${step.number}/${step.of} ${placeholder.split(/[;,]/)[0]}: ${first}`);
    const answer = script.shift();
    if (answer === back || answer === undefined) return answer;
    if (answer === 'ok') return [...active];
    return [answer].flat().map((wanted) => {
      const item = items.find(({ label }) => label.includes(wanted));
      assert.ok(item, `${wanted} is not among ${items.map(({ label }) => label).join(', ')}`);
      return item;
    });
  }
  const text = (): string | undefined => {
    const answer = script.shift();
    assert.ok(answer === undefined || typeof answer === 'string', String(answer));
    return answer;
  };
  const person: Person = {
    some: choose,
    async one(step, page) {
      const found = await choose(step, page);
      return Array.isArray(found) ? found[0] : found;
    },
    aside: (_, labels) => {
      const answer = text();
      assert.ok(answer === undefined || labels.includes(answer));
      return Promise.resolve(answer);
    },
    write(_, value, problem) {
      seen.push(`writes over '${value}'`);
      let answer = text();
      // As VS Code's input box, which takes nothing that is wrong.
      while (answer !== undefined && problem(answer) !== undefined) {
        heard.push(problem(answer)!);
        answer = text();
      }
      return Promise.resolve(answer);
    },
    browse({ filters }) {
      const answer = text();
      seen.push(filters ? 'browses for a file' : 'browses for a folder');
      return Promise.resolve(answer === undefined ? [] : answer.split(' '));
    },
    hear: (failure) => heard.push(failure.line),
  };
  const answers = await inSteps(probeQuestions(requester, Promise.resolve(models), person));
  assert.equal(script.length, 0, `not asked for: ${script.map(String).join(', ')}`);
  return { seen, heard, answers, requester };
}

/** The recipe that answers make, as the backend reads it from the file that is opened in the editor. */
function recipeOf(answers: Partial<ProbeDialogue> | undefined) {
  assert.ok(answers);
  const given = { levels: 'all', layers: 'all', ...answers } as ProbeDialogue;
  const { name, recipe } = composeProbeRecipe(given, WORK);
  const parsed = parseProbeRecipe(recipe, `${name}.probe.json`);
  return { name, recipe: resolvedProbeRecipe(parsed, WORK, (path) => path), action: answers.action };
}

/** After the data: activations, layers and kind as they are offered. */
const REST: Answer[] = ['ok', 'ok', 'Linear, Least Squares'];

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'subtext-dialogue-'))));
after(() => rm(folder, { recursive: true }));

describe('the dialogue of Train Probe', () => {
  it('leads to a recipe that is opened', async () => {
    const { seen, answers } = await talk([
      'ok',
      'cfg3b/3',
      ['Ancestor', 'Boundary'],
      ['3'],
      ...REST,
      'Open as Recipe',
    ]);
    assert.deepEqual(seen, [
      '1/8 Models to probe: cfg',
      '2/8 Data: ',
      '3/8 What the probes read: Ancestor, Boundary',
      '4/8 Levels: Level 2, Level 3',
      '5/8 Activations to read from: Residual stream after each layer',
      '6/8 Layers: Layer 0, Layer 1, Layer 2',
      '7/8 Kind of probe: ',
      '8/8 Train the probes: ',
    ]);
    const { name, recipe, action } = recipeOf(answers);
    assert.deepEqual([name, action], ['cfg-ancestor', 'edit']);
    assert.deepEqual(recipe.models, ['/models/cfg']);
    assert.deepEqual(
      recipe.targets.map((target) => [target.kind, 'levels' in target && target.levels]),
      [
        ['ancestor', [3]],
        ['boundary', [3]],
      ],
    );
    assert.deepEqual(recipe.activations, { hooks: ['blocks.*.hook_resid_post'], layers: 'all' });
  });

  it('takes a regular expression, once it is one', async () => {
    const file = join(WORK, 'a.txt');
    const { answers, heard } = await talk([
      'ok',
      'Text File',
      file,
      'Regular Expression',
      '(',
      '',
      '\\d+',
      ...REST,
      'Train',
    ]);
    assert.equal(heard.length, 2);
    const { recipe, action } = recipeOf(answers);
    assert.equal(action, 'train');
    assert.deepEqual(recipe.targets, [{ kind: 'pattern', pattern: '\\d+', flags: 'u' }]);
    assert.deepEqual(recipe.data.kind === 'text' && recipe.data.files, [file]);
  });

  it('keeps what was chosen beside a regular expression that nobody writes, and the one that was written', async () => {
    const both = ['Position', 'Regular Expression'];
    const first: Answer[] = ['ok', 'Text Folder', '/texts', both, undefined, 'ok', '[ab]'];
    const { seen, answers } = await talk([...first, back, 'ok', '[abc]', ...REST, 'Train']);
    assert.deepEqual(
      seen.filter((each) => each.includes('probes read') || each.startsWith('writes')),
      [
        '3/7 What the probes read: Regular Expression…',
        "writes over ''",
        '3/7 What the probes read: Position, Regular Expression…',
        "writes over ''",
        '3/7 What the probes read: Regular Expression…, Position',
        "writes over '[ab]'",
      ],
    );
    const patterns = recipeOf(answers).recipe.targets.flatMap((each) =>
      each.kind === 'pattern' ? each.pattern : [],
    );
    assert.deepEqual(patterns, ['[abc]']);
  });

  it('takes a grammar from a file, and asks at its levels', async () => {
    const file = join(WORK, 'grammars/mine.cfg');
    const { answers, requester } = await talk([
      'ok',
      'Grammar File',
      file,
      'Boundary',
      'ok',
      ...REST,
      'Open as Recipe',
    ]);
    assert.deepEqual(requester.asked.at(-1)?.params, { model: '/models/cfg', grammar: file });
    const { recipe } = recipeOf(answers);
    assert.deepEqual(recipe.data, { kind: 'cfg', grammar: file, drop: 0, documents: 2000 });
    assert.deepEqual(recipe.targets, [{ kind: 'boundary', levels: 'all' }]);
  });

  it('takes a folder of texts', async () => {
    const { answers, seen } = await talk([
      'ok',
      'Text Folder',
      join(WORK, 'texts'),
      'Next Token',
      ...REST,
      'Train',
    ]);
    assert.ok(seen.includes('browses for a folder'));
    const { recipe } = recipeOf(answers);
    assert.deepEqual(recipe.data.kind === 'text' && recipe.data.files, [join(WORK, 'texts')]);
    assert.ok(!seen.some((each) => each.includes('Levels')));
  });

  it('takes all checkpoints of a run, and offers no run without any', async () => {
    const { answers, requester } = await talk([['cfg-01'], 'cfg3b/3', 'Next Token', ...REST, 'Train']);
    assert.deepEqual(requester.asked[0].params, { model: { run: RUN } });
    const { recipe, name } = recipeOf(answers);
    assert.deepEqual(recipe.models, [{ run: RUN }]);
    assert.equal(name, 'cfg-01-next-token');
    await assert.rejects(talk([['new-01']]), /new-01 is not among/);
  });

  it('finds the text of a file of lines, whichever entry it was chosen by', async () => {
    const file = join(folder, 'people.jsonl');
    await writeFile(file, '{"id": "a", "story": "Lily met Tom", "who/what": [[0, 4, "name"]]}');
    for (const entry of ['Text File', 'JSONL']) {
      const { answers } = await talk(['ok', entry, file, 'story', 'who/what', ...REST, 'Train']);
      const { recipe, name } = recipeOf(answers);
      assert.deepEqual(recipe.data.kind === 'text' && [recipe.data.files, recipe.data.column], [
        [file],
        'story',
      ]);
      // A name that is also a path would move the recipe, and with it all that is relative to it.
      assert.equal(name, 'cfg-who-what');
    }
  });

  it('tells of a folder without a model, and goes back to the models', async () => {
    const { seen, heard, answers } = await talk([
      ...['Checkpoint Folder', '/empty /models/own', ['own'], 'cfg3b/3', 'ok', 'ok'],
      ...[...REST, 'Train'],
    ]);
    assert.deepEqual(heard, ['/empty holds no model. Name one.']);
    // What was browsed for is offered.
    assert.equal(seen[2], '1/8 Models to probe: empty, own');
    assert.deepEqual(recipeOf(answers).recipe.models, ['/models/own']);
  });

  it('asks again where nothing was browsed for', async () => {
    const { answers } = await talk([
      'Checkpoint Folder',
      undefined,
      'ok',
      'Text File',
      undefined,
      'cfg3b/3',
      'Position',
      ...REST,
      'Train',
    ]);
    assert.deepEqual(recipeOf(answers).recipe.models, ['/models/cfg']);
  });
});
