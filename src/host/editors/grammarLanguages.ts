// Grammars and files of their strings: all about them is answered by the backend, which starts when one is opened.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE, GRAMMAR_LANGUAGE } from '../../protocol/grammars';
import type { Requester } from '../backend/requester';
import { isOrdinaryText } from '../documentSchemes';

/** What VS Code calls files like setup.cfg and tox.cfg. */
const otherLanguage = 'properties';

export function followGrammars(backend: Requester): vscode.Disposable {
  const follow = (document: vscode.TextDocument) => {
    if (!isOrdinaryText(document)) return;
    if (document.languageId === GRAMMAR_LANGUAGE && !isGrammar(document.getText())) {
      void vscode.languages.setTextDocumentLanguage(document, otherLanguage);
    } else if (document.languageId === GRAMMAR_LANGUAGE || document.languageId === CFG_TEXT_LANGUAGE) {
      // Any request starts it. Where it cannot be started, the supervisor says so.
      backend.request('subtext/listGrammars', null).catch(() => undefined);
    }
  };
  for (const document of vscode.workspace.textDocuments) follow(document);
  return vscode.workspace.onDidOpenTextDocument(follow);
}

/** Many programs have settings in files *.cfg: one that holds text but no arrow is theirs. */
function isGrammar(text: string): boolean {
  return /->|→/.test(text) || text.replace(/#[^\r\n]*/g, '').trim() === '';
}
