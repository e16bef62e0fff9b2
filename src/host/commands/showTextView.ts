// *Show Top-Activating Neurons* and its like: from the selection, or the whole document, to a view of it.
import * as vscode from 'vscode';
import type { TextRange } from '../../protocol/types';
import type { TextView } from '../panels/textView';
import type { Session } from '../session';
import { modelOf } from '../views/modelsTree';
import { chooseEditor } from './chooseEditor';
import { openModel } from './openModel';

const openModelAction = 'Open Model…';

/** `target` is the Uri of an editor's context menu, a model of the tree, or nothing. */
export async function showTextView(session: Session, view: TextView, target?: unknown): Promise<void> {
  const editor = findEditor(session, target);
  if (typeof editor === 'string') {
    void vscode.window.showInformationMessage(editor);
    return;
  }
  const selection = selectionOf(editor);
  const uri = editor.document.uri.toString();
  const named = modelOf(target);
  if (named) await session.attempt(() => session.parts.models.activate(named.id));
  const model = named ?? (await session.neededModel());
  const ask = (id: string) => {
    view.inspection.countChoice();
    return session.inspect(view, { uri, model: id, ...(selection && { selection }) }, editor);
  };
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

/** The editor that a command on a text means, or what to tell the person. */
export function findEditor({ parts }: Session, target: unknown): vscode.TextEditor | string {
  const { activeTextEditor, visibleTextEditors, tabGroups } = vscode.window;
  const tab = tabGroups.activeTabGroup.activeTab;
  const input = tab?.input;
  // VS Code puts a prefix of its own before the type.
  const isOf = ({ viewType }: TextView) =>
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType);
  const ofTab = parts.textViews.find(isOf);
  return chooseEditor(target instanceof vscode.Uri ? target.toString() : undefined, {
    active: activeTextEditor,
    visible: visibleTextEditors,
    tab: tab && {
      label: tab.label,
      ...(input instanceof vscode.TabInputText && { uri: input.uri.toString() }),
      isView: ofTab !== undefined,
    },
    inspected: ofTab?.inspection.question?.uri,
  });
}

function selectionOf({ document, selection }: vscode.TextEditor): TextRange | undefined {
  if (selection.isEmpty) return undefined;
  return { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
}
