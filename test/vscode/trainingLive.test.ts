// A run that VS Code started lives apart from it: it goes on through a reload of the window, a pause and a cancel.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { temporaryWorkspace } from '../support/runDirectories';
import { RunsOnDisk, answerQuestions, runView, stepPast } from './flows/training';
import { openWorkbench, type Workbench } from './harness/workbench';

const name = 'cfg3b-3-tiny-01';

describe('a run that is at work', { timeout: 295_000 }, () => {
  let workbench: Workbench;
  let disk: RunsOnDisk;

  const button = (view: Frame, label: string) =>
    view.getByRole('button', { name: label, exact: true }).first();

  before(async () => {
    await prepare();
    const workspace = temporaryWorkspace();
    await cp(join(root, 'media', 'recipes'), workspace, { recursive: true });
    disk = new RunsOnDisk(workspace);
    // No file: with one, the window would not bring back its other editors.
    workbench = await openWorkbench({ folder: workspace, extension: root });
    await answerQuestions(workbench, 'Short');
    await workbench.pick('Train');
  });

  after(async () => {
    await workbench.close();
    disk.end();
  });

  it('is shown again, and live, after the window was loaded again', async () => {
    const before = await stepPast(workbench, await runView(workbench, name), 0);
    const { pid } = disk.status(name);
    await workbench.reload();
    const view = await runView(workbench, name);
    await stepPast(workbench, view, await stepPast(workbench, view, before));
    assert.equal(disk.status(name).pid, pid, 'the same process trains');
    await workbench.screenshot('training-reloaded');
  });

  it('pauses and goes on where it was', async () => {
    const view = await runView(workbench, name);
    await button(view, 'Pause').click();
    await disk.until(workbench, 'the run is paused', name, ({ state }) => state === 'paused');
    const { step, pid } = disk.status(name);
    await button(view, 'Resume').click();
    await disk.until(workbench, 'another process goes on', name, (status) => {
      return status.state === 'running' && status.pid !== pid && status.step > step;
    });
    await stepPast(workbench, view, step);
  });

  it('ends by Cancel Run of the palette', async () => {
    await workbench.runCommand('Subtext: Cancel Run');
    await disk.until(workbench, 'the run is cancelled', name, ({ state }) => state === 'cancelled');
    const view = await runView(workbench, name);
    await view.locator('.view-header', { hasText: /cancelled/i }).waitFor();
  });

  for (const recipe of ['cfg', 'cfg3b', 'stories']) {
    it(`runs the recipe ${recipe} from the palette`, async () => {
      await workbench.openFile(`${recipe}.subtext.json`);
      await workbench.runCommand('Subtext: Run Recipe');
      const view = await runView(workbench, `${recipe}-01`);
      await stepPast(workbench, view, 0);
      await button(view, 'Cancel').click();
      await disk.until(
        workbench,
        'the run is cancelled',
        `${recipe}-01`,
        ({ state }) => state === 'cancelled',
      );
    });
  }

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
