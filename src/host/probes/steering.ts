// *Steer Along This Probe…*, and the probes that *Steer…* offers as directions: which model, towards which class, away from
// which. No 'vscode'.
import { basename, dirname, join } from 'node:path';
import type { Direction } from '../../protocol/interventions';
import {
  probedPart,
  steeringProblem,
  type ProbeFolder,
  type ProbeResult,
  type ProbeSteering,
} from '../../protocol/probes';
import type { ModelSummary } from '../../protocol/types';
import { BackendFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';

/** One of what a person is offered. */
export interface SteeringItem {
  label: string;
  description?: string;
  detail?: string;
}

/** Asks for one of several. */
export type PickItem = <Item extends SteeringItem>(
  placeholder: string,
  items: Item[],
) => Promise<Item | undefined>;

/** Whom it asks. */
export interface SteeringPerson {
  pick: PickItem;
  /** Says that the model is not in use; whether the person wants what is offered. */
  agrees(said: string, offer: string): Promise<boolean>;
  /** Brings a model into use: opens the one at a path, or one that the person chooses. */
  use(path: string | undefined): Promise<ModelSummary | undefined>;
}

/** A probe that is steered along. */
type SteeredProbe = Pick<ProbeResult, 'hook' | 'kind' | 'classes'>;

/**
 * Asks which way to steer along a probe, once its model is in use.
 * @param file absolute path of the probe
 * @param active the model in use
 * @returns undefined where the person gave up
 * @throws BackendFailure for a probe without direction, and where another model was opened
 */
export async function askSteering(
  requester: Requester,
  file: string,
  probe: SteeredProbe,
  active: ModelSummary | undefined,
  person: SteeringPerson,
): Promise<(ProbeSteering & { model: ModelSummary }) | undefined> {
  const problem = steeringProblem(probe);
  if (problem) throw new BackendFailure('probe', problem.message, problem.remedy);
  const model = await modelInUse(requester, file, active, person);
  const steering = model && (await askDirection(requester, file, probe, person.pick));
  return steering && { ...steering, model };
}

/** The probe's model, which is brought into use where the person agrees. */
async function modelInUse(
  requester: Requester,
  file: string,
  active: ModelSummary | undefined,
  person: SteeringPerson,
): Promise<ModelSummary | undefined> {
  const { name, open, path } = await requester.request('subtext/probeModel', { file });
  if (active && open.includes(active.id)) return active;
  const place = open.at(0) ?? path ?? undefined;
  const said = active
    ? `The probe was trained on ${name}, and the model in use is ${active.name}.`
    : `The probe was trained on ${name}, which is not open.`;
  const verb = open.length > 0 ? 'Use' : 'Open';
  if (!(await person.agrees(said, place === undefined ? 'Open Model…' : `${verb} ${name}`))) return undefined;
  const model = await person.use(place);
  if (!model) return undefined;
  const found = await requester.request('subtext/probeModel', { file });
  if (found.open.includes(model.id)) return model;
  throw new BackendFailure(
    'probe',
    `${model.name} has other weights than those that the probe was trained on`,
    'Open the checkpoint that it was trained on, or train a probe on this one.',
  );
}

async function askDirection(
  requester: Requester,
  file: string,
  { classes }: SteeredProbe,
  pick: PickItem,
): Promise<ProbeSteering | undefined> {
  const towards = await pick(
    'Class to steer towards',
    classes.map((name) => ({ label: shownClass(name), name })),
  );
  if (!towards) return undefined;
  const others = classes.filter((name) => name !== towards.name);
  const from = await pick(`Away from which, towards ${towards.label}`, [
    { label: 'The Mean of All', detail: 'What tells it from the other classes', name: undefined },
    ...others.map((name) => ({ label: shownClass(name), name })),
  ]);
  if (!from) return undefined;
  const { name } = from;
  const question = { file, towards: towards.name, ...(name !== undefined && { from: name }) };
  return requester.request('subtext/probeSteering', question);
}

/**
 * The direction of a probe of an open model, those that read what is steered first, or of any that the person names.
 * @param folders to look in, beside that of the model
 * @param person `browse` asks for a probe's file
 * @returns undefined where the person gave up
 * @throws BackendFailure for a probe without direction
 */
export async function askProbeDirection(
  requester: Requester,
  part: string,
  model: ModelSummary,
  folders: string[],
  person: { pick: PickItem; browse(): Promise<string | undefined> },
): Promise<Direction | undefined> {
  const found = await requester.request('subtext/listProbes', { model: model.id, folders });
  const known = found.flatMap((folder) => itemsOf(folder, model));
  known.sort((a, b) => Number(b.part === part) - Number(a.part === part));
  const other = { label: '$(folder) Probe File…', file: undefined, probe: undefined };
  const picked = await person.pick(`Probe to steer ${part} along`, [...known, other]);
  const file = picked && (picked.file ?? (await person.browse()));
  if (file === undefined) return undefined;
  const probe = picked?.probe ?? (await probeAt(requester, file));
  const problem = steeringProblem(probe);
  if (problem) throw new BackendFailure('probe', problem.message, problem.remedy);
  return (await askDirection(requester, file, probe, person.pick))?.direction;
}

/** The probes of a model in a folder that have a direction. */
function itemsOf({ path, name, probes }: ProbeFolder, model: ModelSummary) {
  return probes
    .filter((probe) => probe.model === model.name && !steeringProblem(probe))
    .map((probe) => {
      const { target, level, hook, accuracy } = probe;
      return {
        label: level === null ? target : `${target} · level ${level}`,
        description: `${probedPart(hook)} · ${(100 * accuracy).toFixed(1)}% · ${name}`,
        part: probedPart(hook),
        file: join(path, probe.file),
        probe,
      };
    });
}

/** @throws BackendFailure for a file that is in no folder of probes */
async function probeAt(requester: Requester, path: string): Promise<SteeredProbe> {
  const { probes } = await requester.request('subtext/openProbes', { path: dirname(path) });
  const found = probes.find(({ file }) => file === basename(path));
  if (found) return found;
  throw new BackendFailure(
    'probe',
    `${basename(path)} is no probe of its folder`,
    'Choose one that Train Probe… or the subtext command wrote.',
  );
}

/** Blanks at the ends are seen. */
function shownClass(name: string): string {
  return name.trim() === name && name !== '' ? name : JSON.stringify(name);
}
