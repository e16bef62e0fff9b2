// What to continue: the text, the place in it, and how freely.
import * as vscode from 'vscode';
import type { ContinuationOptions } from '../../protocol/continuations';
import type { ModelSummary } from '../../protocol/types';
import { findEditor } from './showTextView';
import { openModel } from './openModel';
import type { Session } from '../session';
import { settings } from '../settings';

export interface ContinuationRequest {
  editor: vscode.TextEditor;
  model: ModelSummary;
  options: ContinuationOptions & { offset: number };
}

/** Undefined where there is no text or no model, which was then said. */
export async function continuationRequest(
  session: Session,
  target: unknown,
): Promise<ContinuationRequest | undefined> {
  const editor = findEditor(session, target);
  if (typeof editor === 'string') {
    void vscode.window.showInformationMessage(editor);
    return undefined;
  }
  const model = (await session.neededModel()) ?? (await openModel(session));
  if (!model) return undefined;
  const { maxTokens, temperature, seed } = settings.continuation(editor.document);
  return { editor, model, options: { offset: placeIn(editor), maxTokens, temperature, seed } };
}

/** Behind the cursor or the selection; at the end where nothing stands before the cursor. */
function placeIn({ document, selection }: vscode.TextEditor): number {
  const before = document.getText(new vscode.Range(new vscode.Position(0, 0), selection.end));
  return before.trim() === '' ? document.getText().length : before.length;
}
