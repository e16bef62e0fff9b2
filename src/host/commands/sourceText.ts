// Which text an intervention takes its values from: a selection, another open text, one that is typed, or a file; and how
// its tokens correspond to those of the text that they are put into.
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Change } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { isOrdinaryText } from '../documentSchemes';
import { documentName } from '../names';
import { count } from '../numbers';
import { type Session, hostFailure } from '../session';

/** Longest text in UTF-16 units that values are taken from; the backend refuses more. */
const LONGEST_TEXT = 100_000;
/** Longest text that is offered to be changed in an input box, which has one line. */
const LONGEST_LINE = 300;

interface TextItem extends vscode.QuickPickItem {
  text(): Thenable<string | undefined> | string;
}

/**
 * Asks for the text, and where it has another number of tokens whether it is aligned by common ones.
 * @param uri of the text that the values are put into; the one in front if left out
 * @returns undefined where the person left
 * @throws BackendFailure `alignment` for texts that share no token, `usage` for texts that cannot be used
 */
export async function choosePatch(
  session: Session,
  part: string,
  model: ModelSummary,
  uri: string | undefined,
): Promise<Extract<Change, { kind: 'patch' }> | undefined> {
  const target = targetDocument(uri);
  const picked = await vscode.window.showQuickPick(textItems(target), {
    placeHolder: `Text that ${part} takes its values from`,
  });
  const text = await picked?.text();
  if (text === undefined) return undefined;
  if (text === '') throw hostFailure('The text is empty', 'Choose one with a few words.');
  if (text.length > LONGEST_TEXT) {
    throw hostFailure(
      `The text has ${count(text.length)} characters; values are taken from at most ${count(LONGEST_TEXT)}`,
      'Select the part that matters.',
    );
  }
  const align = await chooseAlignment(session, model, text, target?.getText() ?? '');
  return align && { kind: 'patch', text, align };
}

async function chooseAlignment(
  { parts }: Session,
  model: ModelSummary,
  source: string,
  target: string,
): Promise<'equal' | 'subsequence' | undefined> {
  // Nothing to be aligned with yet: the first text that is read says whether it fits.
  if (target === '') return 'equal';
  const { sourceTokens, targetTokens, corresponding } = await parts.backend.request('subtext/alignTexts', {
    model: model.id,
    source,
    target,
  });
  if (sourceTokens === targetTokens) return 'equal';
  const items = [
    {
      label: 'Align by Common Tokens',
      detail: `${count(corresponding)} of the ${count(targetTokens)} tokens take values, the others keep their own`,
      align: 'subsequence' as const,
    },
    { label: 'Do Not Patch', detail: 'Make both texts equally long first', align: undefined },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: `The text has ${count(sourceTokens)} tokens, the one that is read ${count(targetTokens)}`,
  });
  return picked?.align;
}

function textItems(target: vscode.TextDocument | undefined): TextItem[] {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editors = [...new Set([...(activeTextEditor ? [activeTextEditor] : []), ...visibleTextEditors])];
  const selections = editors
    .filter(({ document }) => isOrdinaryText(document))
    .flatMap(({ document, selections: chosen }) =>
      chosen
        .filter(({ isEmpty }) => !isEmpty)
        .map((selection): TextItem => {
          const text = document.getText(selection);
          return {
            label: `$(selection) ${firstWords(text)}`,
            description: `selected in ${documentName(document.uri.toString())}`,
            text: () => text,
          };
        }),
    );
  const others = vscode.workspace.textDocuments
    .filter((document) => isOrdinaryText(document) && document !== target && document.getText() !== '')
    .map((document): TextItem => {
      return {
        label: `$(file) ${documentName(document.uri.toString())}`,
        description: firstWords(document.getText()),
        text: () => document.getText(),
      };
    });
  const whole = target?.getText() ?? '';
  const beginning = whole.length <= LONGEST_LINE && !/[\r\n]/.test(whole) ? whole : '';
  return [
    ...selections,
    ...others,
    { label: '$(edit) Type a Text…', text: () => typeText(beginning) },
    { label: '$(folder-opened) Choose a File…', text: readFile },
  ];
}

function typeText(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt:
      'Text that the values are taken from; with as many tokens as the one that is read, each takes its own',
    value,
    validateInput: (text) => (text === '' ? 'Type a few words.' : undefined),
  });
}

async function readFile(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Text That Values Are Taken From',
    openLabel: 'Choose',
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
  });
  const uri = chosen?.at(0);
  return uri && (await vscode.workspace.openTextDocument(uri)).getText();
}

/** The document of a view, or the text in front. */
function targetDocument(uri: string | undefined): vscode.TextDocument | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  if (uri !== undefined)
    return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri);
  return [...(activeTextEditor ? [activeTextEditor] : []), ...visibleTextEditors]
    .map(({ document }) => document)
    .find(isOrdinaryText);
}

function firstWords(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}
