// What cannot be done is said, and the next thing works.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SubtextApi } from '../../../src/host/api';
import {
  activated,
  closeAllModels,
  now,
  openModel,
  openStory,
  openText,
  showNeurons,
  until,
} from './subtext';

let api: SubtextApi;

describe('bad input', () => {
  before(async () => {
    api = await activated();
  });

  it('a path without a checkpoint opens nothing', async () => {
    const before = api.models.all.length;
    const nothing: unknown = await vscode.commands.executeCommand('subtext.openModel', '/no/such/checkpoint');
    assert.equal(nothing, undefined);
    assert.equal(api.models.all.length, before);
    assert.ok(!api.models.recent.includes('/no/such/checkpoint'));
  });

  it('a Uri that is not on a disk opens nothing', async () => {
    const uri = vscode.Uri.parse('https://example.com/model.bin');
    const nothing: unknown = await vscode.commands.executeCommand('subtext.openModel', uri);
    assert.equal(nothing, undefined);
  });

  it('without a model the command asks for one and leaves the editor as it is', async () => {
    await closeAllModels(api);
    const story = await openStory();
    await showNeurons(story);
    assert.equal(api.inspection.phase, 'empty');
    assert.equal(api.painted(story.document.uri), undefined);
  });

  it('an empty document says what to do, and is read once it has text', async () => {
    await openModel();
    const editor = await openText('');
    await showNeurons(editor);
    assert.equal(api.inspection.phase, 'empty');
    assert.match(api.inspection.message ?? '', /Type or paste/);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Once upon a time'));
    await until('the text is read', () => now(() => api.inspection.phase) === 'ready');
  });

  it('a binary document fails with a reason and a remedy', async () => {
    const editor = await openText(`PNG\u0000\u0001\u0002${'\u0000\u0003'.repeat(200)}`);
    await showNeurons(editor);
    assert.equal(api.inspection.phase, 'failed');
    assert.equal(api.inspection.failure?.reason, 'binary-text');
    assert.ok(api.inspection.failure.remedy.length > 0);
  });

  it('a document that closes while it is read leaves nothing behind', async () => {
    const editor = await openText('Lily and Tom. '.repeat(200));
    await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn });
    // A small model may have read it before anybody could look whether it reads.
    const phases: string[] = [];
    const listening = api.inspection.onDidChange(() => phases.push(api.inspection.phase));
    const shown = showNeurons(editor);
    await until('it is read', () => phases.includes('loading'));
    listening.dispose();
    await vscode.window.showTextDocument(editor.document, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await shown;
    await until('the inspection is cleared', () => now(() => api.inspection.phase) === 'empty');
  });

  it('a model that is closed takes its inspection along', async () => {
    await openModel();
    await showNeurons(await openStory());
    assert.equal(api.inspection.phase, 'ready');
    await closeAllModels(api);
    assert.equal(
      now(() => api.inspection.phase),
      'empty',
    );
  });
});
