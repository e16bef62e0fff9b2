// What the in-host tests share: the extension's test API, a model to open, and patience.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { SubtextApi } from '../../../src/host/api';
import type { ModelSummary } from '../../../src/protocol/types';
import { writeSmallModel } from './smallModel';

const PATIENCE_MILLISECONDS = 15_000;

function subtextExtension(): vscode.Extension<SubtextApi> {
  const extension = vscode.extensions.getExtension<SubtextApi>('subtext.subtext');
  assert.ok(extension, 'VS Code did not load the extension subtext.subtext');
  return extension;
}

export async function activated(): Promise<SubtextApi> {
  return subtextExtension().activate();
}

let written: Promise<string> | undefined;

/** `SUBTEXT_TEST_MODEL`, stories260K where it is at hand, else a small model with random weights. */
export async function modelPath(): Promise<string> {
  const named = process.env.SUBTEXT_TEST_MODEL;
  if (named) return named;
  const stories = join(subtextExtension().extensionPath, '..', 'shared', 'data', 'stories260K');
  return existsSync(stories) ? stories : (written ??= writeSmallModel());
}

/** Opens the test model by its path, without a question. */
export async function openModel(): Promise<ModelSummary> {
  const path = await modelPath();
  const model = await vscode.commands.executeCommand<ModelSummary | undefined>('subtext.openModel', path);
  assert.ok(model, `${path} did not open`);
  return model;
}

export async function closeAllModels(api: SubtextApi): Promise<void> {
  while (api.models.all.length > 0) {
    const before = api.models.all.length;
    // With several models the command would ask which.
    if (before === 1) await vscode.commands.executeCommand('subtext.closeModel');
    else await api.models.close(api.models.all[0].id);
    assert.ok(api.models.all.length < before);
  }
}

/** Opens the sample story in the first column. */
export async function openStory(): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'The tests run in a folder');
  return vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'story.txt'), {
    viewColumn: vscode.ViewColumn.One,
  });
}

/** Shows a text of its own, unsaved. */
export async function openText(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content });
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
}

/** Runs *Show Top-Activating Neurons* on an editor and its selection. */
export async function showNeurons(editor: vscode.TextEditor): Promise<void> {
  await vscode.window.showTextDocument(editor.document, { viewColumn: editor.viewColumn });
  await vscode.commands.executeCommand('subtext.showNeurons', editor.document.uri);
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `Not within ${PATIENCE_MILLISECONDS / 1000} s: ${what}`);
    await sleep(10);
  }
}

/** A property read anew: the compiler believes that what was undefined once stays so. */
export function now<Value>(read: () => Value): Value {
  return read();
}
