// The view of folders of probes.
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { ProbeToken } from '../../protocol/probes';
import type { FromProbesView, ProbeCell, ToProbesView } from '../../protocol/probesView';
import type { ViewStatus } from '../../protocol/views';
import { toFailure } from '../backend/failure';
import { mendingOf } from '../backend/mending';
import type { Disposable } from '../disposables';
import { runOffered } from '../offeredCommands';
import { folderName, type ProbeChart } from '../probes/probeChart';
import type { SaveMessage } from './fileParts';
import { ViewTab } from './viewTab';

export const probesViewType = 'subtext.probes';

type OwnMessage = Exclude<FromProbesView, SaveMessage>;

/** Tokens in one answer at most. */
const MOST_TOKENS = 1000;

export interface ProbesPanelParts {
  extensionUri: vscode.Uri;
  chart: ProbeChart;
  /** Shows a token of the test split of a probe's folder in the text, beside the view in this column. */
  openToken(
    probe: string,
    token: Pick<ProbeToken, 'start' | 'end' | 'text'>,
    view: vscode.ViewColumn | undefined,
  ): void;
  /** Asks for more folders, and shows them. */
  addFolders(): void;
  /** Asks which way to steer along a probe. */
  steer(probe: string): void;
}

export class ProbesPanel implements Disposable {
  private readonly tab: ViewTab<OwnMessage, ToProbesView>;

  constructor(private readonly parts: ProbesPanelParts) {
    const { extensionUri, chart } = parts;
    this.tab = new ViewTab({
      extensionUri,
      viewType: probesViewType,
      name: 'probes',
      title: 'Probes',
      receive: (message) => this.receive(message),
      listen: (store) => {
        store.add(chart.onDidChange(() => this.postAll()));
      },
      onClosed: () => chart.clear(),
    });
  }

  get isOpen(): boolean {
    return this.tab.panel !== undefined;
  }

  /** Brings the view up, in its tab or in a new one beside the text. */
  reveal(): void {
    const { panel } = this.tab;
    const { Beside, Active } = vscode.ViewColumn;
    if (panel) panel.reveal();
    else this.tab.open(this.parts.chart.title, vscode.window.activeTextEditor ? Beside : Active);
  }

  /** Takes over a tab that VS Code kept across a reload. */
  attach(panel: vscode.WebviewPanel): void {
    this.tab.attach(panel);
  }

  dispose(): void {
    this.tab.dispose();
  }

  private receive(message: OwnMessage): void {
    const { chart } = this.parts;
    switch (message.type) {
      case 'ready':
        this.tab.begin();
        // A page of before a reload knows what it showed.
        if (chart.paths.length === 0 && arePaths(message.folders)) void chart.open(message.folders);
        else this.postAll();
        break;
      case 'refresh':
        void chart.refresh();
        break;
      case 'addFolders':
        this.parts.addFolders();
        break;
      case 'removeFolder':
        void chart.remove(message.folder);
        break;
      case 'confusion':
        void this.answer(message.probe, async () => {
          const confusion = await chart.confusion(message.probe);
          this.tab.post({ type: 'confusion', probe: message.probe, confusion });
        });
        break;
      case 'positions':
        void this.answer(message.probe, async () => {
          const positions = await chart.positions(message.probe);
          this.tab.post({ type: 'positions', probe: message.probe, positions });
        });
        break;
      case 'tokens':
        void this.answer(message.cell.probe, () =>
          this.postTokens(message.cell, message.first, message.count),
        );
        break;
      case 'openToken':
        this.parts.openToken(message.probe, message.token, this.tab.panel?.viewColumn);
        break;
      case 'steer':
        this.parts.steer(message.probe);
        break;
      case 'run':
        runOffered(message.command);
        break;
    }
  }

  private async postTokens(cell: ProbeCell, first: number, count: number): Promise<void> {
    const found = await this.parts.chart.tokens(cell, first, Math.min(count, MOST_TOKENS));
    this.tab.post({ type: 'tokens', cell, first, ...found });
  }

  /** Says in the view why something of a probe cannot be shown. */
  private async answer(probe: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const failure = toFailure(error);
      if (!failure.cancelled) this.tab.post({ type: 'detailFailed', probe, message: failure.line });
    }
  }

  private postAll(): void {
    const { folders, title, phase } = this.parts.chart;
    const { panel } = this.tab;
    if (panel) panel.title = title;
    this.tab.post({ type: 'status', status: this.status() });
    // While others are read, the page keeps what it has.
    if (folders.length > 0 && phase !== 'loading') this.tab.post({ type: 'folders', folders: [...folders] });
  }

  private status(): ViewStatus {
    const { phase, failure, paths } = this.parts.chart;
    const message =
      phase === 'failed'
        ? failure?.line
        : phase === 'empty'
          ? 'A chart of what probes read from a model, layer by layer, beside their controls. Train some with Subtext: Train Probe…, or open a folder of them.'
          : phase === 'loading'
            ? `Reading ${paths.map(folderName).join(', ')}…`
            : undefined;
    const mending = phase === 'failed' && failure ? mendingOf(failure) : undefined;
    return {
      phase,
      modelOpen: true,
      ...(message !== undefined && { message }),
      ...(mending && { mending }),
    };
  }
}

function arePaths(folders: unknown): folders is string[] {
  return (
    Array.isArray(folders) &&
    folders.length > 0 &&
    folders.every((path) => typeof path === 'string' && isAbsolute(path))
  );
}
