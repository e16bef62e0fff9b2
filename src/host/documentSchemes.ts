// Which documents Subtext works on.
import type * as vscode from 'vscode';

/** Ordinary text; output channels, diffs of the past and settings are not. package.json's `when` clauses say the same. */
export const documentSchemes = [
  'file',
  'untitled',
  'vscode-remote',
  'vscode-vfs',
  'vscode-local',
  'memfs',
  'tmp',
];

export function isOrdinaryText(document: vscode.TextDocument): boolean {
  return documentSchemes.includes(document.uri.scheme);
}
