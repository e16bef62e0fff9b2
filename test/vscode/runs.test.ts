// Runs in a real VS Code: the tree and the run view follow run directories that are written meanwhile, whatever
// happens to the window.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame, Locator } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { WrittenRun, temporaryWorkspace } from '../support/runDirectories';
import { openWorkbench, type Workbench } from './harness/workbench';

describe('runs', () => {
  let workbench: Workbench;
  let workspace: string;
  let training: WrittenRun;

  const row = (name: string): Locator =>
    workbench.page
      .locator('.pane', { hasText: 'Runs' })
      .locator('.monaco-list-row', { hasText: name })
      .first();

  /** The header of the run view names this run. */
  async function view(name: string): Promise<Frame> {
    const frame = await workbench.webview(name);
    await frame.getByText(name).first().waitFor();
    return frame;
  }

  before(async () => {
    await prepare();
    workspace = temporaryWorkspace();
    new WrittenRun(workspace, 'finished-01', { started: '2026-01-01T00:00:00Z' }).say({
      state: 'finished',
      step: 2000,
    });
    new WrittenRun(workspace, 'failed-01', { started: '2026-01-02T00:00:00Z' }).say({
      state: 'failed',
      step: 17,
      error: { reason: 'diverged', message: 'The loss is no number', remedy: 'Lower train.learning_rate.' },
    });
    // No process has this number.
    new WrittenRun(workspace, 'killed-01', { started: '2026-01-03T00:00:00Z', pid: 2 ** 22 + 7 }).say({
      step: 400,
    });
    training = new WrittenRun(workspace, 'cfg-small-01');
    training.refer([{ name: 'true entropy', loss: 0.367 }]);
    training.evaluate(0);
    training.trainAll(1, 600);
    training.evaluate(600);
    training.keep(500);
    workbench = await openWorkbench({ folder: workspace, extension: root });
    await workbench.page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
  });

  after(async () => {
    await workbench.close();
  });

  it('stand in a tree with their state, progress, loss and time in words', async () => {
    await row('cfg-small-01').waitFor();
    const text = async (name: string) => (await row(name).innerText()).replace(/\s+/g, ' ');
    assert.match(await text('cfg-small-01'), /running · 600 \/ 2,000 · validation 0\.485 nats · 1 min$/);
    assert.match(await text('finished-01'), /finished · 2,000 \/ 2,000/);
    assert.match(await text('failed-01'), /failed · 17 \/ 2,000/);
    assert.match(await text('killed-01'), /interrupted · 400 \/ 2,000/);
    assert.equal(
      await row('cfg-small-01').getAttribute('aria-label'),
      'cfg-small-01, running, step 600 of 2,000, validation loss 0.485 nats, 1 min',
    );
    await workbench.screenshot('runs-tree');
  });

  it('go on in the tree and in the status bar as they are trained', async () => {
    training.trainAll(601, 1000);
    await row('1,000 / 2,000').waitFor();
    await workbench.statusBarItem('cfg-small-01 50%').waitFor();
  });

  it('show in a view that follows them', async () => {
    await row('cfg-small-01').click();
    const frame = await view('cfg-small-01');
    await frame.getByText('1,000 / 2,000').first().waitFor();
    training.trainAll(1001, 1240);
    training.evaluate(1240);
    await frame.getByText('1,240 / 2,000').first().waitFor();
    await workbench.screenshot('runs-view');
  });

  it('are shown again, and live, after the window was loaded again', async () => {
    await workbench.reload();
    const frame = await view('cfg-small-01');
    training.trainAll(1241, 1300);
    await frame.getByText('1,300 / 2,000').first().waitFor();
    await workbench.screenshot('runs-view-reloaded');
  });

  it('are asked to pause by a button of their row, and say that they are about to', async () => {
    await row('cfg-small-01').hover();
    await row('cfg-small-01').locator('.action-label[aria-label^="Pause Run"]').click();
    const control = join(training.path, 'control.json');
    await workbench.until('the request is written', () => Promise.resolve(existsSync(control)));
    assert.deepEqual(JSON.parse(readFileSync(control, 'utf8')), { request: 'pause' });
    await row('pausing').waitFor();
  });

  it('keep their checkpoints below them', async () => {
    await row('cfg-small-01').locator('.monaco-tl-twistie').click();
    await row('step 500').waitFor();
  });

  it('are deleted after a question', async () => {
    await row('killed-01').click({ button: 'right' });
    await workbench.menu('Delete Run');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Delete the run killed-01?').waitFor();
    await workbench.screenshot('runs-delete');
    await dialog.getByRole('button', { name: 'Move to Trash' }).click();
    const permanently = dialog.getByRole('button', { name: 'Delete Permanently' });
    await Promise.race([permanently.waitFor(), row('killed-01').waitFor({ state: 'detached' })]);
    if (await permanently.isVisible()) await permanently.click();
    await row('killed-01').waitFor({ state: 'detached' });
    assert.ok(!existsSync(join(workspace, '.subtext/runs/killed-01')));
  });

  it('print no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
