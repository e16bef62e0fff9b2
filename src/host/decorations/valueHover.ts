// Hovering a painted token says the exact activation.
import * as vscode from 'vscode';
import { documentSchemes } from '../documentSchemes';
import type { Inspection } from '../inspection/inspection';
import { neuronName, visiblePiece } from '../names';
import { exact, short } from '../numbers';
import { tokenAt } from './tokenAt';

export function registerValueHover(inspection: Inspection): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    documentSchemes.map((scheme) => ({ scheme })),
    { provideHover: (document, position) => provideHover(inspection, document, position) },
  );
}

function provideHover(
  inspection: Inspection,
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const activations = inspection.focus?.activations;
  if (activations?.source.uri !== document.uri.toString()) return undefined;
  if (activations.source.version !== document.version) return undefined;
  const { starts, ends, values, id } = activations;
  const offset = document.offsetAt(position);
  const token = tokenAt(starts, ends, offset);
  if (token === undefined) return undefined;

  const range = new vscode.Range(document.positionAt(starts[token]), document.positionAt(ends[token]));
  const value = values[token];
  const contents = new vscode.MarkdownString();
  const piece = document.getText(range);
  const word = piece.trim() || piece;
  contents.appendText(`${neuronName(id)} = ${short(value)} on "${visiblePiece(word)}"`);
  contents.appendText(` · exactly ${exact(value)}`);
  // The other tokens of a character that was cut into several.
  const parts: number[] = [];
  for (let next = token + 1; next < values.length && starts[next] === ends[next]; next++) {
    parts.push(values[next]);
  }
  if (parts.length > 0) contents.appendText(`, its other parts ${parts.map(short).join(', ')}`);
  return new vscode.Hover(contents, range);
}
