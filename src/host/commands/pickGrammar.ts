// Asks for a grammar: one that is open, one that is known by its name, or a file.
import * as vscode from 'vscode';
import { GRAMMAR_LANGUAGE, type NamedGrammar } from '../../protocol/grammars';
import type { Session } from '../session';

interface GrammarItem extends vscode.QuickPickItem {
  /** A name, or the path of a file; none for the dialog. */
  grammar?: string;
}

/**
 * @param words title of the question, and what the button of the file dialog says
 * @param fits where it is given, grammars that fit come first
 * @returns a name or an absolute path; undefined where the person left
 */
export async function pickGrammar(
  session: Session,
  { title, openLabel }: { title: string; openLabel: string },
  fits: (grammar: NamedGrammar) => boolean = () => true,
): Promise<string | undefined> {
  const items = session.parts.backend.request('subtext/listGrammars', null).then((named): GrammarItem[] => {
    const open = vscode.workspace.textDocuments.filter(
      ({ languageId, uri }) => languageId === GRAMMAR_LANGUAGE && uri.scheme === 'file',
    );
    const fitting = [...named].sort((one, other) => Number(fits(other)) - Number(fits(one)));
    return [
      ...open.map(({ uri }) => ({
        label: `$(file) ${vscode.workspace.asRelativePath(uri)}`,
        description: 'open, as it was saved',
        grammar: uri.fsPath,
      })),
      ...fitting.map(({ name, detail }) => ({ label: name, description: detail, grammar: name })),
      { label: '$(folder-opened) Grammar File…' },
    ];
  });
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Grammar',
    ignoreFocusOut: true,
  });
  if (!picked || picked.grammar !== undefined) return picked?.grammar;
  const chosen = await vscode.window.showOpenDialog({
    title: 'Grammar File',
    openLabel,
    filters: { Grammars: ['cfg'], 'All Files': ['*'] },
  });
  return chosen?.[0]?.fsPath;
}
