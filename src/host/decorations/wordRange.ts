// Where the word of a token stands in a document.
import * as vscode from 'vscode';
import type { TextRange } from '../../protocol/types';

/** A token's range without the blanks before its word. Offsets of the document as it is now. */
export function wordRange(document: vscode.TextDocument, { start, end }: TextRange): vscode.Range {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const piece = document.getText(range);
  const blanks = piece.length - piece.trimStart().length;
  return blanks === piece.length ? range : range.with(document.positionAt(start + blanks));
}
