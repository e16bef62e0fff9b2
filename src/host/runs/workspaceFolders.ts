// Which folders' runs are watched: those of the workspace that lie on a disk here.
import * as vscode from 'vscode';
import type { Disposable } from '../disposables';
import type { Runs } from './runs';

/** Absolute paths of the workspace's folders on this machine's disk. */
export function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

export function followWorkspaceFolders(runs: Runs): Disposable {
  void runs.setFolders(workspaceFolders());
  return vscode.workspace.onDidChangeWorkspaceFolders(() => void runs.setFolders(workspaceFolders()));
}
