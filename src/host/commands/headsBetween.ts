// *Heads Between Two Selections*: which heads carry something from one phrase to another.
import * as vscode from 'vscode';
import type { TextRange } from '../../protocol/types';
import type { Session } from '../session';
import { showTextView } from './showTextView';

/** Takes the first two selections of the active editor, in the order of the text. */
export async function headsBetween(session: Session): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const phrases = editor ? selectionsOf(editor) : [];
  if (!editor || phrases.length !== 2) {
    void vscode.window.showInformationMessage(
      'Select two phrases of a text: one by dragging, the other by dragging with Alt (Option) held down.',
    );
    return;
  }
  const { attention } = session.parts;
  const uri = editor.document.uri.toString();
  await showTextView(session, attention, editor.document.uri);
  // Without a model there is no question, and a message says so.
  if (attention.inspection.question?.uri !== uri) return;
  const [first, second] = phrases;
  await session.attempt(() => attention.inspection.compareBetween({ first, second }));
}

function selectionsOf({ document, selections }: vscode.TextEditor): TextRange[] {
  return selections
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }))
    .sort((one, other) => one.start - other.start);
}
