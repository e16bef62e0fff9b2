// Tells the inspection what happens to the documents of the editor.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { DocumentFacts, Inspection } from './inspection';

export function documentFacts(uri: string): DocumentFacts | undefined {
  const document = findDocument(uri);
  return document && { version: document.version, length: document.getText().length };
}

/** The open document with a URI as `toString()` gives it. */
export function findDocument(uri: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === uri && !document.isClosed,
  );
}

/** Forwards edits and closed documents for as long as it is not disposed of. */
export function followDocuments(inspection: Inspection): Disposable {
  const store = new DisposableStore();
  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      inspection.edited(
        document.uri.toString(),
        contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
          start: rangeOffset,
          removed: rangeLength,
          inserted: text.length,
        })),
      );
    }),
  );
  store.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      // A change of its language closes a document and opens it again at once.
      setImmediate(() => {
        if (!findDocument(uri.toString())) inspection.closed(uri.toString());
      });
    }),
  );
  return store;
}
