// The hover over a token of a string whose tree was read: what the probes say of it, beside what the grammar says.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE } from '../../protocol/grammars';
import { tokenAt } from '../decorations/tokenAt';
import type { ParseTreeInspection } from '../inspection/parseTreeInspection';
import { treeHover } from './words';

/** @param isShown whether the tree is seen anywhere, in the editor or in its view */
export function registerTreeHover(
  inspection: ParseTreeInspection,
  isShown: () => boolean,
): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { language: CFG_TEXT_LANGUAGE },
    {
      provideHover(document, position) {
        const { answer } = inspection;
        if (!answer || !isShown() || answer.source.uri !== document.uri.toString()) return undefined;
        if (answer.source.version !== document.version) return undefined;
        const offset = document.offsetAt(position);
        const string = answer.strings.find(({ start, end }) => start <= offset && offset <= end);
        const token = string && tokenAt(string.starts, string.ends, offset);
        if (!string || token === undefined) return undefined;
        const range = new vscode.Range(
          document.positionAt(string.starts[token]),
          document.positionAt(string.ends[token]),
        );
        return new vscode.Hover(new vscode.MarkdownString(treeHover(answer, string, token)), range);
      },
    },
  );
}
