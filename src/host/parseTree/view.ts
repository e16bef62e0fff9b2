// The view of parse trees: its question, what is said of it, its tab, and what it does across a reload.
import * as vscode from 'vscode';
import { join } from 'node:path';
import type { TextRange } from '../../protocol/types';
import { cursorOffset } from '../inspection/followCursor';
import type { InspectionPorts } from '../inspection/neuronInspection';
import { ParseTreeInspection } from '../inspection/parseTreeInspection';
import { ParseTreePanel, parseTreeViewType } from '../panels/parseTreePanel';
import { savedTreeChoice } from '../panels/savedTree';
import { TextStatus } from '../panels/viewStatus';
import type { LossesViewParts } from '../losses/view';
import { workspaceFolders } from '../runs/workspaceFolders';
import type { TextView } from '../panels/textView';

/** Where a workspace keeps probes of models that lie in no folder of its own. */
const PROBES = ['.subtext', 'probes'];

export type ParseTreeView = TextView<ParseTreeInspection> & { panel: ParseTreePanel };

export function makeParseTreeInspection(asking: InspectionPorts): ParseTreeInspection {
  return new ParseTreeInspection({
    ...asking,
    inSight,
    cursor: cursorOffset,
    probeFolders: () => workspaceFolders().map((folder) => join(folder, ...PROBES)),
  });
}

/** Makes the view, and lets it forget its question once nobody sees what comes of it. */
export function makeParseTreeView(
  inspection: ParseTreeInspection,
  { extensionUri, link, models, interventions, backend }: Omit<LossesViewParts, 'openModel'>,
): ParseTreeView {
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Put the cursor into a string of a grammar (*.cfgtext) and choose Subtext: Inspect Parse-Tree Probe.',
      open: 'Open a model that was trained on a grammar to see the parse trees that probes read from it.',
    },
  });
  const panel = new ParseTreePanel(
    inspection,
    { extensionUri, status, link, interventions },
    {
      choose: (choice) => {
        inspection.choose(choice);
        if ('hook' in choice || 'probes' in choice) void inspection.refresh();
      },
    },
  );
  const forget = () => {
    const isSeen = panel.isOpen || inspection.painted !== undefined;
    // Clearing tells of itself: by then there is no question any more.
    if (!isSeen && inspection.question) inspection.clear();
  };
  panel.onDidClose(forget);
  inspection.onDidChange(forget);
  const restore = (state: unknown): Promise<void> => {
    const { painted, ...choice } = savedTreeChoice(state);
    inspection.choose(choice);
    if (painted) inspection.paint();
    return Promise.resolve();
  };
  return { viewType: parseTreeViewType, inspection, status, panel, restore };
}

/** Tells the inspection what the editors of its document show. */
export function followSight(inspection: ParseTreeInspection): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) =>
      inspection.scrolled(textEditor.document.uri.toString()),
    ),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      for (const { document } of editors) inspection.scrolled(document.uri.toString());
    }),
  );
}

function inSight(uri: string): TextRange[] {
  return vscode.window.visibleTextEditors
    .filter(({ document }) => document.uri.toString() === uri)
    .flatMap(({ document, visibleRanges }) =>
      visibleRanges.map(({ start, end }) => ({
        start: document.offsetAt(start),
        end: document.offsetAt(end),
      })),
    );
}
