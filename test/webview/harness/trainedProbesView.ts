// What tests of the view of probes have in common: folders that the command line trained, a browser, and ways through the
// view.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { ProbeFolder, ProbeResult } from '../../../src/protocol/probes';
import { BackendProcess } from '../../support/backendProcess';
import { trainComparedProbes, trainPeopleProbes } from '../../support/trainedProbes';
import { launchBrowser } from '../../vscode/harness/browser';
import { settle } from './actions';
import { openTrained, type ProbesPage, type ProbesPageOptions } from './probesPage';

const SIZE = { width: 900, height: 760 };

/** Trained once for a file of tests; its parts are there as soon as a test runs. */
export class TrainedProbes {
  browser!: Browser;
  backend!: BackendProcess;
  folder!: string;
  /** The grammar's sample model and the checkpoints of a run: ancestors and boundaries of two levels. */
  compared!: ProbeFolder;
  /** A model of stories: labels beside a text, and words that match a pattern. */
  people!: ProbeFolder;

  constructor() {
    before(async () => {
      this.browser = await launchBrowser();
      this.backend = await BackendProcess.start();
      this.folder = await mkdtemp(join(tmpdir(), 'subtext-probes-view-'));
      this.compared = await this.read(await trainComparedProbes(this.folder));
      this.people = await this.read(await trainPeopleProbes(this.folder));
    });
    after(async () => {
      this.backend.stop();
      await this.browser.close();
      await rm(this.folder, { recursive: true });
    });
  }

  show(folders: ProbeFolder | readonly string[], options: ProbesPageOptions = {}): Promise<ProbesPage> {
    const paths = 'path' in folders ? [folders.path] : folders;
    return openTrained(this.browser, this.backend, paths, { ...SIZE, ...options });
  }

  /** The probe of a model, the sample model where none is named, for a target, level and layer. */
  probeOf(target: string, level: number, layer: number, model = 'cfg'): ProbeResult {
    return this.compared.probes.find(
      (probe) =>
        probe.model === model && probe.target === target && probe.level === level && probe.layer === layer,
    )!;
  }

  private read(path: string): Promise<ProbeFolder> {
    return this.backend.request('subtext/openProbes', { path });
  }
}

/** `88.4%` */
export const percent = (share: number): string => (share === 1 ? '100%' : `${(100 * share).toFixed(1)}%`);

export const panels = (view: ProbesPage): Locator => view.page.locator('.panel');
export const panel = (view: ProbesPage, title: string): Locator =>
  view.page.locator(`.panel[aria-label*="${title};"]`);
/** Of the confusion matrix. */
export const cells = (view: ProbesPage): Locator => view.page.locator('.matrix td[data-true]');

/** Opens the confusion matrix of a panel's first line at its last place, by keys alone. */
export async function openByKeys(view: ProbesPage, title: string): Promise<void> {
  await panel(view, title).focus();
  await view.page.keyboard.press('End');
  await view.page.keyboard.press('Enter');
  await cells(view).first().waitFor();
  await settle(view);
}
