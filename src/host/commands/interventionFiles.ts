// Interventions in files (*.interventions.json): saving the list of a model, and loading one.
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { InterventionFile } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { added } from '../interventions/list';
import { type Session, hostFailure } from '../session';
import { openModel } from './openModel';

/** What the name of such a file ends with; package.json's `when` clauses say the same. */
export const interventionsEnding = '.interventions.json';

const filters = { Interventions: ['interventions.json'], 'All Files': ['*'] };

/** *Save Interventions…*: the list of the model that is asked. */
export async function saveInterventions(session: Session): Promise<void> {
  const { interventions, models } = session.parts;
  await session.attempt(async () => {
    const { active } = models;
    const list = active ? interventions.of(active.id) : [];
    if (!active || list.length === 0) {
      throw hostFailure('There are no interventions to save', 'Add one with Subtext: Ablate…');
    }
    const name = `${basename(active.name, '.bin')}${interventionsEnding}`;
    const defaultUri = vscode.Uri.joinPath(startFolder(), name);
    const uri = await vscode.window.showSaveDialog({ title: 'Save Interventions', defaultUri, filters });
    if (!uri) return;
    const content: InterventionFile = { model: active.name, interventions: [...list] };
    await vscode.workspace.fs.writeFile(uri, Buffer.from(`${JSON.stringify(content, null, 2)}\n`));
    void vscode.window.setStatusBarMessage(`$(check) Saved ${basename(uri.path)}`, 5000);
  });
}

/** *Load Interventions…*: a file that is given, or chosen. */
export async function loadInterventions(session: Session, target?: unknown): Promise<void> {
  const uri = target instanceof vscode.Uri ? target : await chooseFile();
  if (!uri) return;
  await session.attempt(async () => {
    const { backend, interventions } = session.parts;
    const name = basename(uri.path);
    const file = await backend.request('subtext/readInterventions', { text: await textOf(uri), name });
    const model = (await session.neededModel()) ?? (await openModel(session));
    if (!model) return;
    const present = interventions.of(model.id);
    const mode = present.length === 0 ? 'replace' : await askMode(present.length, file, model);
    if (!mode) return;
    await interventions.replace(
      model.id,
      mode === 'replace' ? file.interventions : added(present, file.interventions),
    );
    sayLoaded(session, model, file, name);
  });
}

function sayLoaded({ parts }: Session, model: ModelSummary, file: InterventionFile, name: string): void {
  const { interventions } = parts;
  const left = interventions
    .of(model.id)
    .flatMap(({ id }) => interventions.stateOf(model.id, id)?.problem ?? []);
  if (left.length === 0) {
    void vscode.window.setStatusBarMessage(`$(check) Loaded ${name}`, 5000);
    return;
  }
  const made = file.model === undefined || file.model === model.name ? '' : ` It was made for ${file.model}.`;
  void vscode.window.showWarningMessage(
    `${left.length} of ${interventions.of(model.id).length} interventions cannot be applied to ${model.name} and are left out.${made} ${left[0]}`,
  );
}

async function askMode(
  present: number,
  file: InterventionFile,
  model: ModelSummary,
): Promise<'replace' | 'add' | undefined> {
  const items = [
    { label: 'Replace', detail: `The ${present} of ${model.name} are removed`, mode: 'replace' as const },
    { label: 'Add', detail: `${file.interventions.length} come behind the ${present}`, mode: 'add' as const },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: 'What becomes of the present list' }))
    ?.mode;
}

/** As it stands in the editor, where it is open. */
async function textOf(uri: vscode.Uri): Promise<string> {
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Load Interventions',
    openLabel: 'Load',
    defaultUri: startFolder(),
    filters,
  });
  return chosen?.[0];
}

function startFolder(): vscode.Uri {
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}
