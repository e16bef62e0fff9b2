// The questions of *Train Probe…*: models, data, targets, levels, activations, layers, kind; then what to do. No 'vscode'.
import { basename } from 'node:path';
import type { ProbeChoices, ProbedModel } from '../../protocol/probes';
import type { ModelSummary } from '../../protocol/types';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { askData } from './data';
import type { Item, Person } from './person';
import { hasLevels, PROBE_KINDS, type ProbeAnswers, type ProbeKindChoice, type ProbeTarget } from './recipe';
import { back, type DialogueStep, type StepQuestion } from './steps';
import { hookWords, KIND_WORDS, TARGET_WORDS } from './words';

/** Models that can be probed. */
export interface ModelsToProbe {
  open: readonly Pick<ModelSummary, 'id' | 'name'>[];
  /** Id of the one in use. */
  active: string | undefined;
  /** Paths of those that come with Subtext, and of others. */
  samples: readonly string[];
  known: readonly string[];
  /** With how many checkpoints each has saved. */
  runs: readonly { name: string; path: string; checkpoints: number }[];
}

export interface ProbeDialogue extends ProbeAnswers {
  /** Of the first model. */
  choices: ProbeChoices;
  action: 'train' | 'edit';
}

type Given = Partial<ProbeDialogue>;

export function probeQuestions(
  requester: Requester,
  models: Promise<ModelsToProbe>,
  person: Person,
): StepQuestion<ProbeDialogue>[] {
  const numbers = (...asked: AskedNumbers) => askNumbers(person, ...asked);
  return [
    { ask: (_, before, step) => askModels(models, person, before, step) },
    {
      ask: async ({ models: chosen }, before, step) => {
        const [model] = chosen!;
        const asked = requester.request('subtext/probeChoices', { model });
        try {
          const data = await askData(requester, person, model, asked, before.data, step);
          return data === undefined || data === back ? data : { data, choices: await asked };
        } catch (error) {
          // A folder that is no checkpoint: the other answers are still good.
          person.hear(toFailure(error));
          return back;
        }
      },
    },
    { ask: ({ data }, before, step) => askTargets(data!, person, before, step) },
    {
      applies: ({ targets, data }) =>
        data === undefined || data.kind === 'cfg' ? (targets?.some(hasLevels) ?? true) : false,
      ask: async ({ data }, before, step) => {
        const levels = data!.kind === 'cfg' ? data!.levels : [];
        const found = await numbers('Levels, counted from the root', 'Level', levels, before.levels, step);
        return typeof found === 'object' ? { levels: found.numbers } : found;
      },
    },
    { ask: ({ choices }, before, step) => askHooks(choices!, person, before, step) },
    {
      applies: ({ hooks }) => hooks?.some((hook) => hook.includes('*')) ?? true,
      ask: async ({ choices }, before, step) => {
        const layers = Array.from({ length: choices!.layers }, (_, layer) => layer);
        const found = await numbers('Layers', 'Layer', layers, before.layers, step);
        return typeof found === 'object' ? { layers: found.numbers } : found;
      },
    },
    { ask: (_, before, step) => askKind(person, before, step) },
    { ask: (_, __, step) => askAction(person, step) },
  ];
}

interface ModelItem extends Item {
  /** None: asks for a folder. */
  model?: ProbedModel;
}

async function askModels(models: Promise<ModelsToProbe>, person: Person, before: Given, step: DialogueStep) {
  const page = models.then((found) => {
    const chosen = before.models ?? (found.active === undefined ? [] : [found.active]);
    const items = modelItems(found, chosen);
    const keys = new Set(chosen.map((model) => JSON.stringify(model)));
    const active = items.filter(({ model }) => model !== undefined && keys.has(JSON.stringify(model)));
    return { placeholder: 'Models to probe; several are compared', items, active };
  });
  for (;;) {
    const picked = await person.some(step, page);
    if (picked === undefined || picked === back) return picked;
    const found = picked.flatMap(({ model }) => model ?? []);
    if (picked.some(({ model }) => model === undefined)) {
      const asked = { title: 'Checkpoint Folder', openLabel: 'Probe This', several: true };
      found.push(...(await person.browse(asked)));
    }
    if (found.length > 0) return { models: found };
  }
}

/** @param chosen on an earlier visit; folders that were browsed for are among them */
function modelItems(
  { open, samples, known, runs }: ModelsToProbe,
  chosen: readonly ProbedModel[],
): ModelItem[] {
  const names = new Map(open.map(({ id, name }) => [id, name]));
  const browsed = chosen.filter((model) => typeof model === 'string');
  return [
    ...[...new Set([...names.keys(), ...samples, ...known, ...browsed])].map((path): ModelItem => ({
      label: names.get(path) ?? basename(path),
      description: names.has(path) ? 'open' : samples.includes(path) ? 'sample model' : path,
      model: path,
    })),
    ...runs
      .filter(({ checkpoints }) => checkpoints > 0)
      .map(({ name, path, checkpoints }): ModelItem => ({
        label: `$(graph-line) ${name}`,
        description: `run: each of its ${checkpoints} checkpoints`,
        model: { run: path },
      })),
    { label: '$(folder) Checkpoint Folder…', description: 'asks for a folder' },
  ];
}

interface TargetItem extends Item {
  target: ProbeTarget;
}

async function askTargets(data: ProbeAnswers['data'], person: Person, before: Given, step: DialogueStep) {
  const plain = (...kinds: (keyof typeof TARGET_WORDS)[]): TargetItem[] =>
    kinds.map((kind) => ({ ...TARGET_WORDS[kind], target: { kind } }));
  const ofTree: (keyof typeof TARGET_WORDS)[] = ['ancestor', 'boundary', 'ancestor-at-ends'];
  const hasTree = data.kind === 'cfg' && data.levels.length > 0;
  const items: TargetItem[] = [
    ...(hasTree ? plain(...ofTree) : []),
    ...(data.kind === 'text' ? data.labelColumns : []).map((column): TargetItem => ({
      label: column,
      description: 'column',
      detail: 'Spans, a label for each token, or one for the whole text',
      target: { kind: 'column', column },
    })),
    ...(data.kind === 'text' ? [patternItem(before)] : []),
    ...plain('next-token', 'position'),
  ];
  const kinds = new Set((before.targets ?? []).map(keyOf));
  const known = items.filter(({ target }) => kinds.has(keyOf(target)));
  // The parse tree in the editor wants symbols and ends.
  let active = known.length > 0 ? known : items.slice(0, hasTree ? 2 : 1);
  for (;;) {
    const page = { placeholder: 'What the probes read; several are trained side by side', items, active };
    const picked = await person.some(step, Promise.resolve(page));
    if (picked === undefined || picked === back) return picked;
    active = picked;
    const targets = picked.map(({ target }) => target);
    const pattern = targets.find((target) => target.kind === 'pattern');
    if (!pattern) return { targets };
    const written = await askPattern(person, pattern.pattern);
    if (written === undefined) continue;
    return {
      targets: targets.map((target) =>
        target === pattern ? { kind: 'pattern' as const, pattern: written } : target,
      ),
    };
  }
}

function patternItem({ targets }: Given): TargetItem {
  const earlier = targets?.find((target) => target.kind === 'pattern');
  return {
    label: 'Regular Expression…',
    detail: 'Whether a token is part of a match',
    target: { kind: 'pattern', pattern: earlier?.pattern ?? '' },
  };
}

function keyOf(target: ProbeTarget): string {
  return target.kind === 'column' ? `column:${target.column}` : target.kind;
}

function askPattern(person: Person, value: string): Promise<string | undefined> {
  return person.write('Regular expression, as in JavaScript: \\d+ or (he|she)', value, (text) => {
    if (text === '') return 'Write one.';
    try {
      new RegExp(text, 'u');
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  });
}

interface NumberItem extends Item {
  number: number;
}

type AskedNumbers = [
  placeholder: string,
  word: string,
  numbers: readonly number[],
  before: 'all' | number[] | undefined,
  step: DialogueStep,
];

/** Some of several numbers; all of them are chosen at first. */
async function askNumbers(person: Person, ...[placeholder, word, numbers, before, step]: AskedNumbers) {
  const items: NumberItem[] = numbers.map((number) => ({ label: `${word} ${number}`, number }));
  const wanted = items.filter(
    ({ number }) => before === undefined || before === 'all' || before.includes(number),
  );
  // Those of another grammar or model may be no levels or layers of this one.
  const active = wanted.length > 0 ? wanted : items;
  const picked = await person.some(step, Promise.resolve({ placeholder, items, active }));
  if (picked === undefined || picked === back) return picked;
  const found = picked.map(({ number }) => number);
  return { numbers: found.length === numbers.length ? ('all' as const) : found };
}

interface HookItem extends Item {
  hook: string;
}

async function askHooks({ hooks }: ProbeChoices, person: Person, before: Given, step: DialogueStep) {
  const items = hooks.map((hook): HookItem => {
    const words = hookWords(hook);
    return words === undefined ? { label: hook, hook } : { label: words, description: hook, hook };
  });
  // Those that have words of their own are what is asked for mostly.
  items.sort((a, b) => Number(a.description === undefined) - Number(b.description === undefined));
  const wanted = new Set(before.hooks ?? ['blocks.*.hook_resid_post']);
  const active = items.filter(({ hook }) => wanted.has(hook));
  const page = { placeholder: 'Activations to read from', items, active };
  const picked = await person.some(step, Promise.resolve(page));
  if (picked === undefined || picked === back) return picked;
  return { hooks: picked.map(({ hook }) => hook) };
}

async function askKind(person: Person, before: Given, step: DialogueStep) {
  const kinds = Object.keys(PROBE_KINDS) as ProbeKindChoice[];
  const items = kinds.map((probe) => ({ ...KIND_WORDS[probe], probe }));
  const active = items.filter(({ probe }) => probe === before.kind);
  const page = Promise.resolve({ placeholder: 'Kind of probe', items, active });
  const picked = await person.one(step, page);
  return picked === undefined || picked === back ? picked : { kind: picked.probe };
}

async function askAction(person: Person, step: DialogueStep) {
  const items = [
    {
      label: '$(play) Train',
      detail: 'Beside a majority class, an untrained model and shuffled labels',
      action: 'train' as const,
    },
    {
      label: '$(edit) Open as Recipe',
      detail: 'A file with completion, checks and a Train Probe button; everything else is set there',
      action: 'edit' as const,
    },
  ];
  const page = Promise.resolve({
    placeholder: 'Train the probes, or look at their recipe',
    items,
    active: [],
  });
  const picked = await person.one(step, page);
  return picked === undefined || picked === back ? picked : { action: picked.action };
}
