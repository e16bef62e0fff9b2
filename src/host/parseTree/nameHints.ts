// The names of symbols as inlay hints of the editor.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE } from '../../protocol/grammars';
import { type Disposable, DisposableStore } from '../disposables';
import { onDidChangeSettings, settings } from '../settings';
import { treeNames } from './names';
import { paintedTrees, shownLevels, type ShownTreesParts } from './shownTrees';

export function registerNameHints(parts: ShownTreesParts): Disposable {
  const { highlights, inspection } = parts;
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  let shown: unknown[] = [];
  const update = () => {
    const now = [paintedTrees(parts), inspection.choice.levels];
    if (now.every((each, index) => each === shown[index])) return;
    shown = now;
    changed.fire();
  };
  store.add(highlights.onDidChange(update));
  store.add(onDidChangeSettings(['parseTree.density'], () => changed.fire()));
  store.add(
    vscode.languages.registerInlayHintsProvider(
      { language: CFG_TEXT_LANGUAGE },
      {
        onDidChangeInlayHints: changed.event,
        async provideInlayHints(document, range, token) {
          const uri = document.uri.toString();
          const isOurs = () => paintedTrees(parts)?.source.uri === uri;
          // Those that stand there move with the text until it is read again.
          if (isOurs() && paintedTrees(parts)?.source.version !== document.version)
            await untilRead(parts, document, token);
          const answer = paintedTrees(parts);
          if (!answer || !isOurs() || answer.source.version !== document.version) return [];
          const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
          const density = settings.parseTreeDensity(document);
          return answer.strings
            .filter(({ start, end, unread }) => unread === undefined && start <= to && from <= end)
            .flatMap((string) => treeNames(string, shownLevels(answer, string, inspection), density))
            .map(({ offset, label, says }) => {
              // With a space, else it reads as a part of the token; stripes would be drawn under the editor's own padding.
              const hint = new vscode.InlayHint(document.positionAt(offset), `${label}\u00a0`);
              hint.tooltip = new vscode.MarkdownString(says.join('  \n'));
              return hint;
            });
        },
      },
    ),
  );
  return store;
}

/** Resolves once the present version of a document was read, or nothing is painted, or nobody waits. */
function untilRead(
  parts: ShownTreesParts,
  document: vscode.TextDocument,
  token: vscode.CancellationToken,
): Promise<void> {
  return new Promise((resolve) => {
    const store = new DisposableStore();
    const look = () => {
      const answer = paintedTrees(parts);
      const isDone =
        !answer || answer.source.version === document.version || parts.inspection.phase === 'failed';
      if (!isDone && !token.isCancellationRequested) return;
      store.dispose();
      resolve();
    };
    store.add(parts.highlights.onDidChange(look));
    store.add(token.onCancellationRequested(look));
    look();
  });
}
