// Tells the inspections what happens to the documents of the editor.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { TextSource } from '../../protocol/types';
import type { DocumentFacts, FollowedQuestion } from './followedQuestion';

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
export function followDocuments(
  inspections: readonly Pick<FollowedQuestion<{ source: TextSource }>, 'edited' | 'closed'>[],
): Disposable {
  const store = new DisposableStore();
  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const edits = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        start: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      }));
      for (const inspection of inspections) inspection.edited(document.uri.toString(), edits);
    }),
  );
  store.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      // A change of its language closes a document and opens it again at once.
      setImmediate(() => {
        if (findDocument(uri.toString())) return;
        for (const inspection of inspections) inspection.closed(uri.toString());
      });
    }),
  );
  return store;
}
