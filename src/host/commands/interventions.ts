// *Ablate…*, *Scale…*, *Steer…*, *Patch Part from Another Text…*, and what the tree of interventions offers for a row.
import * as vscode from 'vscode';
import { type Change, type Direction, parsePart, printPart } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { numberTyped, PART_EXAMPLES, partProblem, partTyped } from '../interventions/entries';
import { factorOf, isSame, type NewIntervention } from '../interventions/list';
import { type Session, hostFailure } from '../session';
import { InterventionNode } from '../views/interventionsTree';
import { chooseDirection } from './directions';
import { openModel } from './openModel';
import { choosePatch } from './sourceText';

/** What a view says: this part of this model. */
interface PartTarget {
  model: string;
  /** Short name, such as `L3H5`. */
  part: string;
  /** What *Ablate* makes of it. */
  to: 'zero' | 'mean';
  /** The text that is looked at. */
  uri?: string;
}

/** *Ablate…*: zero or mean. From a view, which says which, at once: a switch in the list takes it back. */
export async function ablate(session: Session, target?: unknown): Promise<void> {
  const given = partTarget(target);
  await intervene(session, given, 'Part to ablate', async () => {
    if (given) return { kind: 'ablate', to: given.to };
    const items = [
      { label: 'Zero', detail: 'The part writes nothing', to: 'zero' as const },
      { label: 'Mean', detail: 'The part writes its mean over the text that is read', to: 'mean' as const },
    ];
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'What its values become' });
    return picked && { kind: 'ablate', to: picked.to };
  });
}

/** *Scale…* */
export async function scale(session: Session, target?: unknown): Promise<void> {
  await intervene(session, partTarget(target), 'Part to scale', async (part) => {
    const factor = await askNumber(`Factor that ${part} is multiplied by`, '0.5');
    return factor === undefined ? undefined : { kind: 'scale', factor };
  });
}

/** *Steer…*: a neuron by a factor alone, what writes to the residual stream along a direction. */
export async function steer(session: Session, target?: unknown): Promise<void> {
  await intervene(session, partTarget(target), 'Part to steer', async (part, model) => {
    const { kind, layer } = parsePart(part)!;
    if (kind === 'head') {
      throw hostFailure(`${part} cannot be steered`, `Steer its layer’s attention, L${layer}.attn.`);
    }
    if (kind === 'neuron') {
      const factor = await askNumber(`What is added to the activation of ${part}, at every token`, '4');
      return factor === undefined ? undefined : { kind: 'steer', factor };
    }
    const direction = await chooseDirection(session, part, model);
    return direction && steeringOf(direction);
  });
}

/** The rest of *Steer…* once it is said what is steered along what. Rejects as `Interventions.add`. */
export async function steerAlong(
  session: Session,
  model: ModelSummary,
  part: string,
  direction: Direction,
): Promise<void> {
  const change = await steeringOf(direction);
  if (change) await add(session, model, { part, change });
}

async function steeringOf(direction: Direction): Promise<Change | undefined> {
  const factor = await askNumber('Factor of the direction', '4');
  return factor === undefined ? undefined : { kind: 'steer', factor, direction };
}

/** *Patch Part from Another Text…* */
export async function patchPart(session: Session, target?: unknown): Promise<void> {
  const given = partTarget(target);
  await intervene(session, given, 'Part to patch', (part, model) =>
    choosePatch(session, part, model, given?.uri),
  );
}

/** The button of the tree: which of them. */
export async function addIntervention(session: Session): Promise<void> {
  const items = [
    { label: 'Ablate…', detail: 'A part becomes zero, or its mean', run: ablate },
    { label: 'Scale…', detail: 'A part is multiplied by a factor', run: scale },
    { label: 'Steer…', detail: 'A direction is added to what a part writes', run: steer },
    { label: 'Patch…', detail: 'A part takes its values from another text', run: patchPart },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Intervention to add' });
  await picked?.run(session);
}

/** Another factor for a row of the tree. */
export async function editIntervention(session: Session, target: unknown): Promise<void> {
  if (!(target instanceof InterventionNode)) return;
  const { model, intervention } = target;
  const before = factorOf(intervention.change);
  if (before === undefined) return;
  const factor = await askNumber(`Factor of ${intervention.part}`, String(before));
  if (factor === undefined) return;
  await session.attempt(() => session.parts.interventions.setFactor(model, intervention.id, factor));
}

export async function removeIntervention(session: Session, target: unknown): Promise<void> {
  if (!(target instanceof InterventionNode)) return;
  const { model, intervention } = target;
  await session.attempt(() => session.parts.interventions.remove(model, intervention.id));
}

/** *Clear Interventions*, of all open models. */
export async function clearInterventions(session: Session): Promise<void> {
  const { interventions, models } = session.parts;
  for (const { id } of models.all) {
    if (interventions.of(id).length > 0) await session.attempt(() => interventions.replace(id, []));
  }
}

/** Asks which part of which model, and what becomes of it; what is left unanswered changes nothing. */
async function intervene(
  session: Session,
  target: PartTarget | undefined,
  question: string,
  ask: (part: string, model: ModelSummary) => Promise<Change | undefined>,
): Promise<void> {
  const { models } = session.parts;
  const model = target
    ? models.get(target.model)
    : ((await session.neededModel()) ?? (await openModel(session)));
  if (!model) return;
  await session.attempt(async () => {
    const part = target?.part ?? (await askPart(question, model));
    const change = part === undefined ? undefined : await ask(part, model);
    if (part === undefined || !change) return;
    await add(session, model, { part, change });
  });
}

async function add(session: Session, { id }: ModelSummary, entry: NewIntervention): Promise<void> {
  await session.parts.interventions.add(id, entry);
  await refuseIfImpossible(session, id, entry);
}

/** What was just asked for and cannot be is said and taken back; entries of a file stay, for another model. */
async function refuseIfImpossible(
  { parts: { interventions } }: Session,
  model: string,
  entry: NewIntervention,
): Promise<void> {
  const id = interventions.of(model).find((other) => isSame(other, entry))?.id;
  const problem = id === undefined ? undefined : interventions.stateOf(model, id)?.problem;
  if (id === undefined || problem === undefined) return;
  await interventions.remove(model, id);
  void vscode.window.showErrorMessage(problem);
}

async function askPart(question: string, model: ModelSummary): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: `${question} · ${model.name}`,
    prompt: `Type ${PART_EXAMPLES} (attention, MLP, the stream that enters a layer)`,
    placeHolder: 'L3H5',
    // Nothing typed yet is no mistake, but it is no part either.
    validateInput: (text) => (text === '' ? undefined : partProblem(text, model)),
  });
  const part = typed === undefined ? undefined : partTyped(typed);
  return part && printPart(part);
}

async function askNumber(prompt: string, value: string): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    prompt,
    value,
    validateInput: (text) =>
      numberTyped(text) === undefined ? 'Type a number, such as 0.5 or −4.' : undefined,
  });
  return typed === undefined ? undefined : numberTyped(typed);
}

function partTarget(target: unknown): PartTarget | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  const { model, part, to, uri } = target as Record<string, unknown>;
  const isPart = typeof model === 'string' && typeof part === 'string' && parsePart(part) !== undefined;
  if (!isPart) return undefined;
  return { model, part, to: to === 'mean' ? 'mean' : 'zero', ...(typeof uri === 'string' && { uri }) };
}
