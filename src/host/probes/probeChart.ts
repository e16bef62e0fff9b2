// A folder of probes that is shown, and what is asked of its probes. No 'vscode'.
import { join } from 'node:path';
import type { ProbeConfusion, ProbeFolder, ProbeToken } from '../../protocol/probes';
import type { ProbeCell } from '../../protocol/probesView';
import { type BackendFailure, toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';

export class ProbeChart {
  private readonly changed = new Emitter<void>();
  /** Another folder, or another phase. */
  readonly onDidChange = this.changed.event;

  private wanted: string | undefined;
  private found: ProbeFolder | undefined;
  private currentFailure: BackendFailure | undefined;
  private reading: AbortController | undefined;

  constructor(private readonly requester: Requester) {}

  /** Of the folder that is asked for. */
  get path(): string | undefined {
    return this.wanted;
  }

  /** The last one that was read; the one before while `phase` is 'loading'. */
  get folder(): ProbeFolder | undefined {
    return this.found;
  }

  get failure(): BackendFailure | undefined {
    return this.currentFailure;
  }

  get phase(): 'empty' | 'loading' | 'ready' | 'failed' {
    if (this.reading) return 'loading';
    if (this.currentFailure) return 'failed';
    return this.found ? 'ready' : 'empty';
  }

  /** Reads a folder; resolves once that is done, failed or overtaken by another. */
  async open(path: string): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.wanted = path;
    this.currentFailure = undefined;
    this.changed.fire();
    try {
      const folder = await this.requester.request('subtext/openProbes', { path }, reading.signal);
      if (reading.signal.aborted) return;
      this.found = folder;
      this.wanted = folder.path;
    } catch (error) {
      if (reading.signal.aborted) return;
      this.found = undefined;
      this.currentFailure = toFailure(error);
    }
    this.reading = undefined;
    this.changed.fire();
  }

  /** Reads the present folder again. */
  async refresh(): Promise<void> {
    if (this.wanted !== undefined) await this.open(this.wanted);
  }

  /**
   * How the test tokens of a probe fell.
   * @param file its name in the folder
   * @throws BackendFailure
   */
  async confusion(file: string): Promise<ProbeConfusion> {
    return this.requester.request('subtext/probeConfusion', { file: this.fileOf(file) });
  }

  /** @throws BackendFailure */
  async tokens(
    cell: ProbeCell,
    first: number,
    count: number,
  ): Promise<{ total: number; tokens: ProbeToken[] }> {
    const file = this.fileOf(cell.file);
    return this.requester.request('subtext/probeTokens', { ...cell, file, first, count });
  }

  clear(): void {
    this.reading?.abort();
    this.reading = undefined;
    this.wanted = undefined;
    this.found = undefined;
    this.currentFailure = undefined;
    this.changed.fire();
  }

  dispose(): void {
    this.reading?.abort();
    this.changed.dispose();
  }

  /** Only of the folder that is shown: a page could name any file. */
  private fileOf(name: string): string {
    const probe = this.found?.probes.find(({ file }) => file === name);
    if (!this.found || !probe) throw toFailure(new Error(`${name} is no probe of the folder that is shown`));
    return join(this.found.path, probe.file);
  }
}
