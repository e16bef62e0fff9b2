// *Show Top-Activating Neurons*: from the selection, or the whole document, to the ranked list.
import * as vscode from 'vscode';
import type { TextRange } from '../../protocol/types';
import { isOrdinaryText } from '../documentSchemes';
import type { Session } from '../session';
import { modelOf } from '../views/modelsTree';
import { openModel } from './openModel';

const openModelAction = 'Open Model…';

/** `target` is the Uri of an editor's context menu, a model of the tree, or nothing. */
export async function showNeurons(session: Session, target?: unknown): Promise<void> {
  const editor = findEditor(target);
  if (!editor) {
    void vscode.window.showInformationMessage(
      'Open a text first: Subtext shows the neurons that fire on it.',
    );
    return;
  }
  const selection = selectionOf(editor);
  const uri = editor.document.uri.toString();
  const named = modelOf(target);
  if (named) await session.attempt(() => session.parts.models.activate(named.id));
  const model = named ?? (await session.neededModel());
  const ask = (id: string) =>
    session.inspect({ uri, model: id, ...(selection && { selection }) }, { reveal: true });
  if (model) {
    await ask(model.id);
    return;
  }
  // Not awaited: the message may stay for as long as it likes.
  void vscode.window
    .showInformationMessage('No model is open to read this text with.', openModelAction)
    .then(async (action) => {
      const opened = action === openModelAction ? await openModel(session) : undefined;
      if (opened) await ask(opened.id);
    });
}

/** The editor of that document, else the active one, else the first that shows a text. */
function findEditor(target: unknown): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const candidates = [activeTextEditor, ...visibleTextEditors].filter(
    (editor) => editor !== undefined && isOrdinaryText(editor.document),
  );
  if (!(target instanceof vscode.Uri)) return candidates[0];
  return candidates.find((editor) => editor?.document.uri.toString() === target.toString()) ?? candidates[0];
}

function selectionOf({ document, selection }: vscode.TextEditor): TextRange | undefined {
  if (selection.isEmpty) return undefined;
  return { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
}
