// Takes over the tabs that VS Code kept across a reload, with what they showed.
import * as vscode from 'vscode';
import { resumePatch } from '../commands/patchMap';
import { resumeGrammarAttention } from '../commands/showGrammarAttention';
import type { Session } from '../session';
import { grammarAttentionViewType } from './grammarAttentionPanel';
import { patchViewType } from './patchPanel';
import { probesViewType } from './probesPanel';
import { runViewType } from './runPanel';
import { savedGrammarAttention, savedPatch, savedQuestion } from './savedState';

interface KeptPanel {
  attach(panel: vscode.WebviewPanel): void;
}

export function restorePanels(session: Session): vscode.Disposable[] {
  const { textViews, patch, grammarAttention, probes, runPanel } = session.parts;
  return [
    ...textViews.map((view) =>
      restored(view.viewType, view.panel, (state) => {
        const saved = savedQuestion(state);
        if (!saved || view.inspection.question) return;
        void session.attempt(async () => {
          await view.restore?.(state);
          await session.resume(view, saved);
        });
      }),
    ),
    restored(patchViewType, patch.panel, (state) => {
      const saved = savedPatch(state);
      if (saved) void session.attempt(() => resumePatch(session, saved));
    }),
    restored(grammarAttentionViewType, grammarAttention.panel, (state) => {
      const saved = savedGrammarAttention(state);
      if (saved) void session.attempt(() => resumeGrammarAttention(session, saved));
    }),
    // What these two showed, their pages say themselves.
    restored(probesViewType, probes.panel),
    restored(runViewType, runPanel),
  ];
}

/** @param resume with what the page wrote down */
function restored(viewType: string, panel: KeptPanel, resume?: (state: unknown) => void): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel(kept, state: unknown) {
      panel.attach(kept);
      resume?.(state);
      return Promise.resolve();
    },
  });
}
