// What probes are trained on: strings of a grammar, labels beside texts, or texts alone.
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { ProbeChoices, ProbedModel } from '../../protocol/probes';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { showFailure } from '../messages';
import { columnsOf } from '../probes/jsonColumns';
import type { ProbeData } from '../probes/recipe';
import { type Back, back, type DialogueStep } from '../probes/steps';
import { pickOne } from './dialoguePage';

interface DataItem extends vscode.QuickPickItem {
  /** undefined where a person gave up what it asked. */
  choose(): Promise<ProbeData | undefined> | ProbeData;
}

/** Asks until there is an answer: a file that cannot be used is told, and leads back to the list. */
export async function askData(
  requester: Requester,
  model: ProbedModel,
  choices: Promise<ProbeChoices>,
  before: ProbeData | undefined,
  step: DialogueStep,
): Promise<ProbeData | Back | undefined> {
  const page = choices.then(({ grammars }) => {
    const items = itemsOf(requester, model, grammars);
    const last = before?.kind === 'cfg' ? grammarLabel(before) : undefined;
    return { placeholder: 'Data', items, active: items.filter(({ label }) => label === last) };
  });
  for (;;) {
    const picked = await pickOne('Train Probe', step, page);
    if (picked === undefined || picked === back) return picked;
    try {
      const found = await picked.choose();
      if (found) return found;
    } catch (error) {
      showFailure(toFailure(error));
    }
  }
}

function itemsOf(requester: Requester, model: ProbedModel, grammars: ProbeChoices['grammars']): DataItem[] {
  return [
    ...grammars.map((grammar): DataItem => ({
      label: grammarLabel(grammar),
      description: grammar.detail,
      choose: () => dataOf(grammar),
    })),
    { label: '$(symbol-ruler) Strings of a Grammar File…', choose: () => grammarFile(requester, model) },
    {
      label: '$(json) Labels in a JSONL File…',
      detail: 'A text and its labels in each line: spans, one for each token, or one for the whole text',
      choose: labelledFile,
    },
    {
      label: '$(file) Text File…',
      detail: 'Regular expression, next token, position',
      choose: () => text(false),
    },
    { label: '$(folder) Text Folder…', detail: 'The same, of all files in it', choose: () => text(true) },
  ];
}

/** Published grammars have names with a slash, which are no paths. */
function grammarLabel({ title }: { title: string }): string {
  return `Strings of ${isAbsolute(title) ? basename(title) : title}`;
}

function dataOf({ name, drop, title, levels }: ProbeChoices['grammars'][number]): ProbeData {
  return { kind: 'cfg', grammar: name, drop, title, levels };
}

async function grammarFile(requester: Requester, model: ProbedModel): Promise<ProbeData | undefined> {
  const grammar = await file('Grammar File', { Grammars: ['cfg'], 'All Files': ['*'] });
  if (grammar === undefined) return undefined;
  const { grammars } = await requester.request('subtext/probeChoices', { model, grammar });
  return dataOf(grammars[0]);
}

async function labelledFile(): Promise<ProbeData | undefined> {
  const path = await file('Labelled Texts', { 'Lines of JSON': ['jsonl', 'ndjson'], 'All Files': ['*'] });
  if (path === undefined) return undefined;
  const { texts, all } = await columnsOf(path);
  const isClear = texts[0] === 'text' || texts.length === 1;
  const textColumn = isClear
    ? texts[0]
    : await vscode.window.showQuickPick(texts, { title: 'Train Probe', placeHolder: 'Column with the text' });
  if (textColumn === undefined) return undefined;
  return { kind: 'text', path, textColumn, labelColumns: all.filter((column) => column !== textColumn) };
}

async function text(isFolder: boolean): Promise<ProbeData | undefined> {
  const filters = { Text: ['txt', 'jsonl', 'ndjson', 'parquet'], 'All Files': ['*'] };
  const path = isFolder ? await file('Text Folder') : await file('Text File', filters);
  return path === undefined ? undefined : { kind: 'text', path, labelColumns: [] };
}

/** A folder where there are no filters: the dialogs of some systems take only the one or the other. */
async function file(title: string, filters?: Record<string, string[]>): Promise<string | undefined> {
  const isFolder = filters === undefined;
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: 'Probe on This',
    canSelectFolders: isFolder,
    canSelectFiles: !isFolder,
    ...(filters && { filters }),
  });
  return chosen?.[0]?.fsPath;
}
