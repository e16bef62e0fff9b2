// *Attribute Next Token*: from the cursor, or from a place of the lens, to what each part of the model adds; and from
// a part to its own view.
import * as vscode from 'vscode';
import type { HeadId } from '../../protocol/attention';
import type { AttributionChoice } from '../../protocol/attributionView';
import type { NeuronId } from '../../protocol/types';
import type { TextView } from '../panels/textView';
import type { Session } from '../session';
import { findEditor, showTextView } from './showTextView';

/** Attributes the token that follows the cursor. */
export async function attributeAtCursor(session: Session, target?: unknown): Promise<void> {
  const { attribution } = session.parts;
  const editor = findEditor(session, target);
  if (typeof editor !== 'string') {
    attribution.inspection.chooseAtCursor(editor.document.offsetAt(editor.selection.active));
  }
  await showTextView(session, attribution, target);
}

/** Attributes a token that follows a place of the lens. */
export async function attributeFromLens(session: Session, choice: AttributionChoice): Promise<void> {
  const { lens, attribution } = session.parts;
  const { question } = lens.inspection;
  if (!question) return;
  const { uri, model } = question;
  attribution.inspection.choose(choice);
  await session.inspect(attribution, { uri, model }, await editorOf(uri));
}

/** Asks the attribution view's question about other tokens. */
export async function attributeOther(session: Session, choice: AttributionChoice): Promise<void> {
  const { attribution } = session.parts;
  attribution.inspection.choose(choice);
  await attribution.inspection.refresh();
}

/** Locks a neuron of the attribution in the neurons view. */
export async function selectNeuron(session: Session, id: NeuronId): Promise<void> {
  const { neurons } = session.parts;
  await showOf(session, neurons);
  neurons.inspection.lock(id);
}

/** Opens a head of the attribution in the attention view. */
export async function selectHead(session: Session, head: HeadId): Promise<void> {
  const { attention } = session.parts;
  await showOf(session, attention);
  attention.inspection.lock(head);
}

/** Brings up another view of the text that is attributed, and asks it unless it has that text already. */
async function showOf(session: Session, view: TextView): Promise<void> {
  const { question } = session.parts.attribution.inspection;
  if (!question) return;
  const { uri, model } = question;
  const editor = await editorOf(uri);
  const asked = view.inspection.question;
  if (asked?.uri === uri && asked.model === model && view.inspection.phase === 'ready')
    view.panel.reveal(editor);
  else await session.inspect(view, { uri, model }, editor);
}

/** The editor of a document, which is shown again where it is out of sight. */
async function editorOf(uri: string): Promise<vscode.TextEditor> {
  const visible = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  if (visible) return visible;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preserveFocus: true });
}
