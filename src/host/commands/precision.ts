// What float16 costs the model at hand, said once it was chosen.
import * as vscode from 'vscode';
import type { PrecisionError } from '../../protocol/engines';
import { exact } from '../numbers';
import type { Session } from '../session';

/** Characters of a text that are enough for the tokens that are compared. */
const LONGEST = 4000;

/** Compares the active model with itself in float32 on the text of the active editor; nothing is said where there is none. */
export async function tellPrecisionError(session: Session): Promise<void> {
  const { backend, models } = session.parts;
  const model = models.active;
  const text = vscode.window.activeTextEditor?.document.getText().slice(0, LONGEST) ?? '';
  if (backend.health?.precision !== 'float16' || !model || text.trim() === '') return;
  const error = await backend.request('subtext/precisionError', { model: model.id, text });
  void vscode.window.showInformationMessage(errorWords(model.name, error));
}

/** 'stories in float16, on 200 tokens: logits differ from float32 by 0.004 at most, 0.0006 on average; the loss by 0.0001 nats.' */
export function errorWords(name: string, { tokens, largest, mean, loss }: PrecisionError): string {
  return `${name} in float16, on ${tokens} tokens: logits differ from float32 by ${exact(largest)} at most, ${exact(mean)} on average; the loss by ${exact(loss)} nats.`;
}
