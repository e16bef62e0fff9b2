// *Show Loss Changes* and *Compare Two Models…*: the loss of every token before and after, painted and in a table.
import * as vscode from 'vscode';
import type { ComparedReader } from '../../protocol/losses';
import type { ModelSummary } from '../../protocol/types';
import { size } from '../numbers';
import { type Session, hostFailure } from '../session';
import { activeInterventions } from './compareContinuations';
import { openModel } from './openModel';
import { showTextView } from './showTextView';

/** *Show Loss Changes*: with the active interventions against without any. */
export async function showLossChanges(session: Session, target?: unknown): Promise<void> {
  await session.attempt(async () => {
    const model = (await session.neededModel()) ?? (await openModel(session));
    if (!model) return;
    activeInterventions(session, model);
    await show(session, { interventions: false }, target);
  });
}

/** *Compare Two Models…*: the model in use against another that is open, each under its own interventions. */
export async function compareModels(session: Session, target?: unknown): Promise<void> {
  await session.attempt(async () => {
    const model = (await session.neededModel()) ?? (await openModel(session));
    const other = model && (await pickOther(session, model));
    if (other) await show(session, { model: other.id, interventions: true }, target);
  });
}

async function show(session: Session, before: ComparedReader, target: unknown): Promise<void> {
  const { losses } = session.parts;
  losses.inspection.compareWith(before);
  await showTextView(session, losses, target);
}

async function pickOther(session: Session, model: ModelSummary): Promise<ModelSummary | undefined> {
  const others = session.parts.models.all.filter(({ id }) => id !== model.id);
  if (others.length === 0) {
    throw hostFailure(
      `${model.name} is the only open model`,
      'Open another with Subtext: Open Model…, then choose which one is in use with Subtext: Select Model…',
    );
  }
  const items = others.map((other) => ({
    label: other.name,
    description: `${other.architecture} · ${size(other.parameters)} parameters`,
    detail: other.id,
    other,
  }));
  const placeHolder = `Model to compare ${model.name} with`;
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.other;
}
