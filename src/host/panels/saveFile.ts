// Writes pictures and tables of a page where the person says.
import { appendFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { FileParts, type FileTarget } from './fileParts';

/** What a page sends to be saved. */
export function makeFileParts(): FileParts {
  return new FileParts({
    ask,
    saved: (name) => void vscode.window.setStatusBarMessage(`$(check) Saved ${name}`, 5000),
    failed: (name, why) => void vscode.window.showErrorMessage(`${name} was not saved: ${why}`),
  });
}

async function ask(name: string): Promise<FileTarget | undefined> {
  const file = basename(name);
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath;
  const extension = file.split('.').at(-1) ?? '';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(folder ?? homedir(), file)),
    filters: { [extension.toUpperCase()]: [extension] },
  });
  return target && (target.scheme === 'file' ? onDisk(target.fsPath) : elsewhere(target));
}

function onDisk(path: string): FileTarget {
  return {
    name: basename(path),
    write: (bytes, { isFirst }) => (isFirst ? writeFile(path, bytes) : appendFile(path, bytes)),
  };
}

/** VS Code's own file systems write files only as a whole. */
function elsewhere(uri: vscode.Uri): FileTarget {
  const parts: Uint8Array[] = [];
  return {
    name: basename(uri.path),
    async write(bytes, { isLast }) {
      parts.push(bytes);
      if (isLast) await vscode.workspace.fs.writeFile(uri, Buffer.concat(parts));
    },
  };
}
