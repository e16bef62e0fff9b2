// *Inspect Parse-Tree Probe* and *Choose Levels of the Parse Tree…*.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE } from '../../protocol/grammars';
import type { Session } from '../session';
import { findEditor, showTextView } from './showTextView';

const sampleAction = 'Sample CFG Text…';

/** `target` as in `showTextView`. */
export async function inspectParseTree(session: Session, target?: unknown): Promise<void> {
  const editor = findEditor(session, target);
  if (typeof editor !== 'string' && editor.document.languageId !== CFG_TEXT_LANGUAGE) {
    // Not awaited: the message may stay for as long as it likes.
    void vscode.window
      .showInformationMessage(
        'A parse tree is read from strings of a grammar: open a file *.cfgtext, or make one.',
        sampleAction,
      )
      .then((action) => action === sampleAction && vscode.commands.executeCommand('subtext.sampleCfgText'));
    return;
  }
  const { parseTree } = session.parts;
  parseTree.inspection.paint();
  await showTextView(session, parseTree, target);
}

/** Which levels of the tree are shown, in the editor and in the view. */
export async function chooseParseTreeLevels({ parts }: Session): Promise<void> {
  const { inspection } = parts.parseTree;
  const levels = inspection.answer?.levels ?? [];
  if (levels.length === 0) {
    void vscode.window.showInformationMessage('Run Subtext: Inspect Parse-Tree Probe first.');
    return;
  }
  const items = levels.map(({ level, symbols }) => ({
    label: `Level ${level}`,
    description: symbols.slice(0, 12).join(' ') + (symbols.length > 12 ? ' …' : ''),
    picked: inspection.shows(level),
    level,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: 'Levels that are shown; the root is level 1',
  });
  if (!picked) return;
  const isAll = picked.length === 0 || picked.length === items.length;
  inspection.choose({ levels: isAll ? null : picked.map(({ level }) => level) });
}
