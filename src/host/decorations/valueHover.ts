// Hovering a painted token says its exact value.
import * as vscode from 'vscode';
import { documentSchemes } from '../documentSchemes';
import { inlineCode, visiblePiece } from '../names';
import type { Highlight, Highlights } from './highlight';
import { tokenAt } from './tokenAt';

export function registerValueHover(highlights: Highlights): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    documentSchemes.map((scheme) => ({ scheme })),
    { provideHover: (document, position) => provideHover(highlights.shown, document, position) },
  );
}

function provideHover(
  highlight: Highlight | undefined,
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const values = highlight?.values;
  if (!values || values.source.uri !== document.uri.toString()) return undefined;
  if (values.source.version !== document.version) return undefined;
  const { starts, ends } = values;
  const index = tokenAt(starts, ends, document.offsetAt(position));
  if (index === undefined) return undefined;

  const range = new vscode.Range(document.positionAt(starts[index]), document.positionAt(ends[index]));
  const contents = new vscode.MarkdownString();
  const piece = document.getText(range);
  contents.appendMarkdown(inlineCode(visiblePiece(piece.trim() || piece)));
  contents.appendText(` ${highlight.describe(index)}`);
  return new vscode.Hover(contents, range);
}
