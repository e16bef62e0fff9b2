// The cursors of the editors, for an inspection that shows what is known of the token under one.
import * as vscode from 'vscode';
import type { TextRange } from '../../protocol/types';
import type { Disposable } from '../disposables';
import { findDocument } from './followDocuments';

/** Offset of the cursor in the active, else in the first visible editor of a document. */
export function cursorOffset(uri: string): number | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const isOf = ({ document }: vscode.TextEditor) => document.uri.toString() === uri;
  const editor =
    activeTextEditor && isOf(activeTextEditor) ? activeTextEditor : visibleTextEditors.find(isOf);
  return editor?.document.offsetAt(editor.selection.active);
}

/** The text of an open document between two offsets. */
export function wordsIn(uri: string, { start, end }: TextRange): string {
  return findDocument(uri)?.getText().slice(start, end) ?? '';
}

/** Tells of every cursor that moves. */
export function followCursor(inspection: { cursorMoved(uri: string): void }): Disposable {
  return vscode.window.onDidChangeTextEditorSelection(({ textEditor }) =>
    inspection.cursorMoved(textEditor.document.uri.toString()),
  );
}
