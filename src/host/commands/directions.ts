// What to steer a layer along: a neuron's output, the difference of means between two selections, or a probe's direction.
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Direction, type Passage, printPart } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { isOrdinaryText } from '../documentSchemes';
import { LARGEST_FILE, parseDirection } from '../interventions/directionFile';
import { neuronProblem, partTyped } from '../interventions/entries';
import { count } from '../numbers';
import { type Session, hostFailure } from '../session';
import { probeDirection } from './probeDirection';

/** Longest text in UTF-16 units that a direction is taken from; the backend refuses more. */
const LONGEST_TEXT = 100_000;

interface DirectionItem extends vscode.QuickPickItem {
  choose(): Promise<Direction | undefined> | Direction;
}

/** Asks for a direction; undefined where the person left. @throws BackendFailure where the selections cannot be used */
export async function chooseDirection(
  session: Session,
  part: string,
  model: ModelSummary,
): Promise<Direction | undefined> {
  const items: DirectionItem[] = [
    {
      label: 'A Neuron’s Output',
      detail: 'What the neuron writes, for every token',
      choose: () => neuronDirection(model),
    },
    {
      label: 'Difference Between Two Selections',
      detail: `Mean of ${part} over one selection of the editor, minus that over another`,
      choose: selectionDirection,
    },
    {
      label: 'Direction of a Probe…',
      detail: 'Towards one class that it reads, away from another or from the mean of all',
      choose: () => probeDirection(session, part, model),
    },
    {
      label: 'Direction from a File…',
      detail: 'Any numbers, one for each of the residual stream',
      choose: fileDirection,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: `Direction to steer ${part} along`,
  });
  return picked?.choose();
}

async function neuronDirection(model: ModelSummary): Promise<Direction | undefined> {
  const typed = await vscode.window.showInputBox({
    prompt: 'Neuron whose output weights are the direction',
    placeHolder: 'L2N17',
    validateInput: (text) => (text === '' ? undefined : neuronProblem(text, model)),
  });
  const part = typed === undefined || typed === '' ? undefined : partTyped(typed);
  return part && { kind: 'neuron', neuron: printPart(part) };
}

async function fileDirection(): Promise<Direction | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Direction to Steer Along',
    openLabel: 'Choose',
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
    filters: { Numbers: ['json', 'txt', 'csv'], 'All Files': ['*'] },
  });
  const uri = chosen?.at(0);
  if (!uri) return undefined;
  const name = basename(uri.path);
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > LARGEST_FILE) {
    throw hostFailure(
      `${name} has ${count(size)} bytes, too many for a direction`,
      'Choose the numbers alone.',
    );
  }
  return parseDirection(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), name);
}

async function selectionDirection(): Promise<Direction | undefined> {
  const [one, other] = selectedPassages();
  const items = [
    {
      label: `$(arrow-right) Towards ${shown(one)}`,
      detail: `away from ${shown(other)}`,
      towards: one,
      from: other,
    },
    {
      label: `$(arrow-right) Towards ${shown(other)}`,
      detail: `away from ${shown(one)}`,
      towards: other,
      from: one,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which way' });
  return picked && { kind: 'difference', towards: picked.towards, from: picked.from };
}

/** The two selections of the text in front, or one of each of two texts side by side. */
function selectedPassages(): [Passage, Passage] {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const active = activeTextEditor && isOrdinaryText(activeTextEditor.document) ? activeTextEditor : undefined;
  const texts = visibleTextEditors.filter(({ document }) => isOrdinaryText(document));
  const own = active ? passagesOf(active) : [];
  const passages = own.length >= 2 ? own : texts.flatMap(passagesOf);
  if (passages.length !== 2) {
    throw hostFailure(
      `There are ${passages.length} selections, not two`,
      'Select a stretch of text, hold Alt and select another (or one in each of two editors), and steer again.',
    );
  }
  return [passages[0], passages[1]];
}

function passagesOf({ document, selections }: vscode.TextEditor): Passage[] {
  const chosen = selections.filter(({ isEmpty }) => !isEmpty);
  if (chosen.length === 0) return [];
  const text = document.getText();
  if (text.length > LONGEST_TEXT) {
    throw hostFailure(
      `The text has ${count(text.length)} characters; a direction is taken from at most ${count(LONGEST_TEXT)}`,
      'Copy the part that matters into a text of its own.',
    );
  }
  return chosen.map(({ start, end }) => {
    return { text, range: { start: document.offsetAt(start), end: document.offsetAt(end) } };
  });
}

function shown({ text, range }: Passage): string {
  const line = text.slice(range?.start, range?.end).replace(/\s+/g, ' ').trim();
  return `“${line.length > 30 ? `${line.slice(0, 29)}…` : line}”`;
}
