// *Sample CFG Text…*: fresh strings of a grammar as a new file, with their true parse in the outline.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE, MOST_SAMPLES } from '../../protocol/grammars';
import type { Session } from '../session';
import { pickGrammar } from './pickGrammar';

const title = 'Sample CFG Text';

export async function sampleCfgText(session: Session): Promise<void> {
  await session.attempt(async () => {
    const grammar = await pickGrammar(session, { title, openLabel: 'Sample from This' });
    if (grammar === undefined) return;
    const count = await askNumber('How many strings', 1, 1, MOST_SAMPLES);
    if (count === undefined) return;
    const seed = await askNumber('Seed: the same one gives the same strings', 0, 0, 2 ** 32 - 1);
    if (seed === undefined) return;
    const { text } = await session.parts.backend.request('subtext/sampleGrammar', { grammar, count, seed });
    const document = await vscode.workspace.openTextDocument({ language: CFG_TEXT_LANGUAGE, content: text });
    await vscode.window.showTextDocument(document);
  });
}

async function askNumber(
  prompt: string,
  value: number,
  least: number,
  most: number,
): Promise<number | undefined> {
  const given = await vscode.window.showInputBox({
    title,
    prompt,
    value: String(value),
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^\s*\d{1,10}\s*$/.test(text) && Number(text) >= least && Number(text) <= most
        ? undefined
        : `A whole number from ${least} to ${most.toLocaleString('en')}`,
  });
  return given === undefined ? undefined : Number(given);
}
