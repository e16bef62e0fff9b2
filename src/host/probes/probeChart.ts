// The folders of probes that are shown side by side, and what is asked of their probes. No 'vscode'.
import { basename, join } from 'node:path';
import type {
  ProbeConfusion,
  ProbeFolder,
  ProbePositions,
  ProbeResult,
  ProbeToken,
} from '../../protocol/probes';
import { probeId, type ProbeCell } from '../../protocol/probesView';
import { BackendFailure, toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';

/** More lines than a chart can tell apart. */
const MOST_FOLDERS = 16;

export class ProbeChart {
  private readonly changed = new Emitter<void>();
  /** Other folders, or another phase. */
  readonly onDidChange = this.changed.event;

  private wanted: string[] = [];
  private found: ProbeFolder[] = [];
  private currentFailure: BackendFailure | undefined;
  private reading: AbortController | undefined;

  constructor(private readonly requester: Requester) {}

  /** Of the folders that are asked for. */
  get paths(): readonly string[] {
    return this.wanted;
  }

  /** Those that were read last; those before while `phase` is 'loading'. */
  get folders(): readonly ProbeFolder[] {
    return this.found;
  }

  /** Why a folder could not be read; others may be shown all the same. */
  get failure(): BackendFailure | undefined {
    return this.currentFailure;
  }

  get phase(): 'empty' | 'loading' | 'ready' | 'failed' {
    if (this.reading) return 'loading';
    if (this.currentFailure) return 'failed';
    return this.found.length > 0 ? 'ready' : 'empty';
  }

  /** What the tab is called, told by the paths alone: a page that is still loading takes no other title. */
  get title(): string {
    const names = this.wanted.map(folderName);
    if (names.length > 2) return `Probes ${names[0]} and ${names.length - 1} more`;
    return ['Probes', names.join(', ')].join(' ').trim();
  }

  /** Reads folders, in place of those that are shown; resolves once that is done, failed or overtaken. */
  async open(paths: readonly string[]): Promise<void> {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    this.wanted = [...new Set(paths)].slice(0, MOST_FOLDERS);
    this.currentFailure = undefined;
    this.changed.fire();
    const { signal } = reading;
    const answers = await Promise.allSettled(
      this.wanted.map((path) => this.requester.request('subtext/openProbes', { path }, signal)),
    );
    if (signal.aborted) return;
    const read = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    this.found = read.filter(({ path }, index) => read.findIndex((other) => other.path === path) === index);
    this.currentFailure = failed && toFailure(failed.reason);
    // Where none could be read, all are tried again.
    if (this.found.length > 0) this.wanted = this.found.map(({ path }) => path);
    this.reading = undefined;
    this.changed.fire();
  }

  /** Reads folders beside those that are shown. */
  async add(paths: readonly string[]): Promise<void> {
    await this.open([...this.wanted, ...paths]);
  }

  async remove(path: string): Promise<void> {
    const rest = this.wanted.filter((other) => other !== path);
    if (rest.length > 0) await this.open(rest);
  }

  /** Reads the present folders again. */
  async refresh(): Promise<void> {
    if (this.wanted.length > 0) await this.open(this.wanted);
  }

  /**
   * A probe that is shown, with its folder and its file's absolute path.
   * @throws BackendFailure for any other: a page could name any file
   */
  probe(id: string): { probe: ProbeResult; folder: ProbeFolder; file: string } {
    for (const folder of this.found) {
      const probe = folder.probes.find(({ file }) => probeId(folder, file) === id);
      if (probe) return { probe, folder, file: join(folder.path, probe.file) };
    }
    throw new BackendFailure('usage', `${id} is no probe of a folder that is shown`, 'Open its folder.');
  }

  /** How the test tokens of a probe fell. @throws BackendFailure */
  async confusion(id: string): Promise<ProbeConfusion> {
    return this.requester.request('subtext/probeConfusion', { file: this.probe(id).file });
  }

  /** How well tokens are read at each position. @throws BackendFailure */
  async positions(id: string): Promise<ProbePositions> {
    return this.requester.request('subtext/probePositions', { file: this.probe(id).file });
  }

  /** @throws BackendFailure */
  async tokens(
    { probe, ...cell }: ProbeCell,
    first: number,
    count: number,
  ): Promise<{ total: number; tokens: ProbeToken[] }> {
    const { file } = this.probe(probe);
    return this.requester.request('subtext/probeTokens', { ...cell, file, first, count });
  }

  clear(): void {
    this.reading?.abort();
    this.reading = undefined;
    this.wanted = [];
    this.found = [];
    this.currentFailure = undefined;
    this.changed.fire();
  }

  dispose(): void {
    this.reading?.abort();
    this.changed.dispose();
  }
}

/** How a folder is called. */
export function folderName(path: string): string {
  return basename(path).replace(/\.probes$/, '');
}
