// The questions of *Train Probe…*: models, data, targets, levels, activations, layers, kind; then what to do.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ProbeChoices, ProbedModel } from '../../protocol/probes';
import {
  hasLevels,
  PROBE_KINDS,
  type ProbeAnswers,
  type ProbeKindChoice,
  type ProbeTarget,
} from '../probes/recipe';
import { back, type DialogueStep, type StepQuestion } from '../probes/steps';
import { hookWords, KIND_WORDS, TARGET_WORDS } from '../probes/words';
import { sampleModels } from '../sampleModels';
import type { Session } from '../session';
import { pickOne, pickSome } from './dialoguePage';
import { askData } from './probeData';

export const title = 'Train Probe';

export interface ProbeDialogue extends ProbeAnswers {
  /** Of the first model. */
  choices: ProbeChoices;
  action: 'train' | 'edit';
}

type Given = Partial<ProbeDialogue>;

export function probeQuestions(session: Session): StepQuestion<ProbeDialogue>[] {
  const { backend } = session.parts;
  return [
    { ask: (_, before, step) => askModels(session, before, step) },
    {
      ask: async ({ models }, before, step) => {
        const asked = backend.request('subtext/probeChoices', { model: models![0] });
        const data = await askData(backend, models![0], asked, before.data, step);
        return data === undefined || data === back ? data : { data, choices: await asked };
      },
    },
    { ask: ({ data }, before, step) => askTargets(data!, before, step) },
    {
      applies: ({ targets, data }) =>
        data === undefined || data.kind === 'cfg' ? (targets?.some(hasLevels) ?? true) : false,
      ask: async ({ data }, before, step) => {
        const levels = data!.kind === 'cfg' ? data!.levels : [];
        const found = await askNumbers('Levels, counted from the root', 'Level', levels, before.levels, step);
        return typeof found === 'object' ? { levels: found.numbers } : found;
      },
    },
    { ask: ({ choices }, before, step) => askHooks(choices!, before, step) },
    {
      applies: ({ hooks }) => hooks?.some((hook) => hook.includes('*')) ?? true,
      ask: async ({ choices }, before, step) => {
        const layers = Array.from({ length: choices!.layers }, (_, layer) => layer);
        const found = await askNumbers('Layers', 'Layer', layers, before.layers, step);
        return typeof found === 'object' ? { layers: found.numbers } : found;
      },
    },
    { ask: (_, before, step) => askKind(before, step) },
    { ask: (_, __, step) => askAction(step) },
  ];
}

interface ModelItem extends vscode.QuickPickItem {
  /** None: asks for a folder. */
  model?: ProbedModel;
}

async function askModels(session: Session, before: Given, step: DialogueStep) {
  const { models, runs, sampleModels: samples } = session.parts;
  const items = async (): Promise<ModelItem[]> => {
    const paths = [...models.all.map(({ id }) => id), ...(await sampleModels(samples)), ...models.recent];
    const open = new Set(models.all.map(({ id }) => id));
    return [
      ...[...new Set(paths)].map((path): ModelItem => ({
        label: basename(path),
        description: open.has(path) ? 'open' : path,
        model: path,
      })),
      ...runs.all
        .filter(({ status }) => (status?.checkpoints.length ?? 0) > 0)
        .map(({ name, path, status }): ModelItem => ({
          label: `$(graph-line) ${name}`,
          description: `run: each of its ${status!.checkpoints.length} checkpoints`,
          model: { run: path },
        })),
      { label: '$(folder) Checkpoint Folder…', description: 'asks for a folder' },
    ];
  };
  const page = items().then((found) => {
    const chosen = before.models ?? (models.active ? [models.active.id] : []);
    const keys = new Set(chosen.map((model) => JSON.stringify(model)));
    const active = found.filter(({ model }) => model !== undefined && keys.has(JSON.stringify(model)));
    return { placeholder: 'Models to probe; several are compared', items: found, active };
  });
  for (;;) {
    const picked = await pickSome(title, step, page);
    if (picked === undefined || picked === back) return picked;
    const found = picked.flatMap(({ model }) => model ?? []);
    if (picked.some(({ model }) => model === undefined)) {
      const folders = await vscode.window.showOpenDialog({
        title: 'Checkpoint Folder',
        openLabel: 'Probe This',
        canSelectFolders: true,
        canSelectFiles: false,
        canSelectMany: true,
      });
      found.push(...(folders ?? []).map(({ fsPath }) => fsPath));
    }
    if (found.length > 0) return { models: found };
  }
}

interface TargetItem extends vscode.QuickPickItem {
  target: ProbeTarget;
}

async function askTargets(data: ProbeAnswers['data'], before: Given, step: DialogueStep) {
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
  const page = {
    placeholder: 'What the probes read; several are trained side by side',
    items,
    active: known.length > 0 ? known : items.slice(0, 1),
  };
  for (;;) {
    const picked = await pickSome(title, step, Promise.resolve(page));
    if (picked === undefined || picked === back) return picked;
    const targets = picked.map(({ target }) => target);
    const pattern = targets.find((target) => target.kind === 'pattern');
    if (!pattern) return { targets };
    const written = await askPattern(pattern.pattern);
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

function askPattern(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt: 'Regular expression, as in JavaScript: \\d+ or (he|she)',
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text === '') return 'Write one.';
      try {
        new RegExp(text, 'u');
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
  });
}

interface NumberItem extends vscode.QuickPickItem {
  number: number;
}

/** Some of several numbers; all of them are chosen at first. */
async function askNumbers(
  placeholder: string,
  word: string,
  numbers: readonly number[],
  before: 'all' | number[] | undefined,
  step: DialogueStep,
) {
  const items: NumberItem[] = numbers.map((number) => ({ label: `${word} ${number}`, number }));
  const wanted = items.filter(
    ({ number }) => before === undefined || before === 'all' || before.includes(number),
  );
  const picked = await pickSome(title, step, Promise.resolve({ placeholder, items, active: wanted }));
  if (picked === undefined || picked === back) return picked;
  const found = picked.map(({ number }) => number);
  return { numbers: found.length === numbers.length ? ('all' as const) : found };
}

interface HookItem extends vscode.QuickPickItem {
  hook: string;
}

async function askHooks({ hooks }: ProbeChoices, before: Given, step: DialogueStep) {
  const items = hooks.map((hook): HookItem => {
    const words = hookWords(hook);
    return words === undefined ? { label: hook, hook } : { label: words, description: hook, hook };
  });
  // Those that have words of their own are what is asked for mostly.
  items.sort((a, b) => Number(a.description === undefined) - Number(b.description === undefined));
  const wanted = new Set(before.hooks ?? ['blocks.*.hook_resid_post']);
  const active = items.filter(({ hook }) => wanted.has(hook));
  const page = { placeholder: 'Activations to read from', items, active };
  const picked = await pickSome(title, step, Promise.resolve(page));
  if (picked === undefined || picked === back) return picked;
  return { hooks: picked.map(({ hook }) => hook) };
}

async function askKind(before: Given, step: DialogueStep) {
  const kinds = Object.keys(PROBE_KINDS) as ProbeKindChoice[];
  const items = kinds.map((probe) => ({ ...KIND_WORDS[probe], probe }));
  const active = items.filter(({ probe }) => probe === before.kind);
  const page = Promise.resolve({ placeholder: 'Kind of probe', items, active });
  const picked = await pickOne(title, step, page);
  return picked === undefined || picked === back ? picked : { kind: picked.probe };
}

async function askAction(step: DialogueStep) {
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
  const picked = await pickOne(title, step, page);
  return picked === undefined || picked === back ? picked : { action: picked.action };
}
