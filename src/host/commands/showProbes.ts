// *Show Probes…*: the chart of folders of probes, and the text behind its tokens.
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { PROBE_FILES, type ProbeToken } from '../../protocol/probes';
import { PROBE_ENDING } from '../probes/places';
import { folderName } from '../probes/probeChart';
import { sampleProbes } from '../sampleModels';
import { type Session, hostFailure } from '../session';

/** More are not offered: who has so many names one. */
const MOST_OFFERED = 500;

/** @param target a folder of probes, or a file in it: a path, or a Uri from the explorer */
export async function showProbes(session: Session, target?: unknown): Promise<void> {
  await session.attempt(async () => {
    const path = target === undefined ? await chooseFolder(session) : await folderOf(pathOf(target));
    if (path === undefined) return;
    const { panel, chart } = session.parts.probes;
    // First of all, so that a new tab has its title from the start.
    const opening = chart.open([path]);
    panel.reveal();
    await opening;
  });
}

/** Asks for folders, and shows them beside those that are shown. */
export async function addProbes(session: Session): Promise<void> {
  const { chart } = session.parts.probes;
  await session.attempt(async () => {
    const paths = await chooseMore(session, chart.paths);
    if (paths.length > 0) await chart.add(paths);
  });
}

/** Opens the text that tokens of the chart stand in, in another column than the chart's, with a token selected. */
export async function openProbeToken(
  session: Session,
  probe: string,
  { start, end, text }: Pick<ProbeToken, 'start' | 'end' | 'text'>,
  view: vscode.ViewColumn | undefined,
): Promise<void> {
  await session.attempt(async () => {
    const { folder } = session.parts.probes.chart.probe(probe);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(folder.testFile));
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    await vscode.window.showTextDocument(document, {
      selection: range,
      viewColumn: columnBeside(document, view),
    });
    if (document.getText(range) !== text)
      throw hostFailure(
        `${basename(folder.testFile)} is not as it was when the probes were trained`,
        'Undo its changes, or train the probes again.',
      );
  });
}

/** Where the text is shown already, else in a column that the view is not in. */
function columnBeside(document: vscode.TextDocument, view: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const other = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn !== view);
  return shown?.viewColumn ?? other?.viewColumn ?? vscode.ViewColumn.Beside;
}

function pathOf(target: unknown): string {
  if (typeof target === 'string') return target;
  if (target instanceof vscode.Uri && target.scheme === 'file') return target.fsPath;
  throw hostFailure('That is no folder of probes', 'Choose one on the machine that runs Subtext.');
}

/** Of a file the folder that it is in. */
async function folderOf(path: string): Promise<string> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? dirname(path) : path;
}

interface FolderItem extends vscode.QuickPickItem {
  /** None: asks for folders on the disk. */
  path?: string;
}

const browsing: FolderItem = {
  label: '$(folder) Folder of Probes…',
  detail: 'One that Train Probe… or the subtext command wrote',
};

async function chooseFolder(session: Session): Promise<string | undefined> {
  const folders = await folderItems(session, []);
  const line: FolderItem = { label: 'browse', kind: vscode.QuickPickItemKind.Separator };
  const picked = await vscode.window.showQuickPick([...folders, line, browsing], {
    placeHolder: 'Probes to show',
    matchOnDescription: true,
  });
  if (picked === browsing) return (await browse(false)).at(0);
  return picked?.path;
}

/** Several at once. */
async function chooseMore(session: Session, shown: readonly string[]): Promise<string[]> {
  const folders = await folderItems(session, shown);
  const picked = await vscode.window.showQuickPick([...folders, browsing], {
    placeHolder: 'Probes to compare with those that are shown',
    matchOnDescription: true,
    canPickMany: true,
  });
  const paths = (picked ?? []).flatMap(({ path }) => path ?? []);
  return picked?.includes(browsing) ? [...paths, ...(await browse(true))] : paths;
}

async function folderItems({ parts }: Session, without: readonly string[]): Promise<FolderItem[]> {
  const [own, shipped] = await Promise.all([findFolders(), sampleProbes(parts.sampleModels)]);
  const itemOf = (path: string, description: string | undefined): FolderItem => ({
    label: `$(graph-line) ${folderName(path)}`,
    ...(description !== undefined && { description }),
    path,
  });
  const items = [
    ...own
      .filter((path) => !shipped.includes(path))
      .map((path) => {
        const where = vscode.workspace.asRelativePath(dirname(path));
        return itemOf(path, where === dirname(path) ? undefined : where);
      }),
    ...shipped.map((path) => itemOf(path, 'of the sample models')),
  ];
  return items.filter(({ path }) => !without.includes(path!));
}

/** Folders of probes in the workspace, by their paths. */
async function findFolders(): Promise<string[]> {
  const skip = '**/node_modules/**';
  const [results, probes] = await Promise.all([
    vscode.workspace.findFiles(`**/${PROBE_FILES.results}`, skip, MOST_OFFERED),
    vscode.workspace.findFiles(`**/*${PROBE_ENDING}`, skip),
  ]);
  const withProbes = new Set(probes.map(({ fsPath }) => dirname(fsPath)));
  return results
    .filter(({ scheme }) => scheme === 'file')
    .map(({ fsPath }) => dirname(fsPath))
    .filter((path) => withProbes.has(path))
    .sort();
}

async function browse(several: boolean): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open Folder of Probes',
    openLabel: 'Show Probes',
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: several,
  });
  return (chosen ?? []).map(({ fsPath }) => fsPath);
}
