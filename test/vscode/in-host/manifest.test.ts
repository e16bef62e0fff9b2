// What the manifest promises is there once VS Code has read it.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  contributes: { commands: { command: string; title: string; category?: string }[] };
}

describe('manifest', () => {
  const extension = vscode.extensions.getExtension('subtext.subtext');

  it('is found by VS Code', () => {
    assert.ok(extension, 'VS Code did not load the extension subtext.subtext');
  });

  it('has an implementation for every contributed command', async () => {
    assert.ok(extension);
    await extension.activate();
    const known = new Set(await vscode.commands.getCommands(true));
    const manifest = extension.packageJSON as Manifest;
    const missing = manifest.contributes.commands.filter(({ command }) => !known.has(command));
    assert.deepEqual(missing, []);
  });
});
