// From the palette's questions to a trained model in use, in a real VS Code: nothing is fake.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { temporaryWorkspace } from '../support/runDirectories';
import { showTopNeurons } from './flows/topNeurons';
import { RunsOnDisk, answerQuestions, runView, stepPast } from './flows/training';
import { openWorkbench, type Workbench } from './harness/workbench';

const [first, second] = ['cfg3b-3-tiny-01', 'cfg3b-3-tiny-02'];
const recipe = 'cfg3b-3-tiny.subtext.json';

/** Seconds of work, on a machine that may do much else. */
const TRAINING_MILLISECONDS = 120_000;

describe('training', { timeout: 295_000 }, () => {
  let workbench: Workbench;
  let disk: RunsOnDisk;

  const lens = (text: string | RegExp) =>
    workbench.page.locator('.codelens-decoration a', { hasText: text }).first();

  before(async () => {
    await prepare();
    const workspace = temporaryWorkspace();
    disk = new RunsOnDisk(workspace);
    const file = join(workspace, 'sample.txt');
    writeFileSync(file, '3 2 1 3 3 1 1 2 3 3 2 1 2 1 3 1\n');
    workbench = await openWorkbench({
      folder: workspace,
      extension: root,
      file,
      settings: { 'files.autoSave': 'off' },
    });
  });

  after(async () => {
    await workbench.close();
    disk.end();
  });

  it('begins with questions about data, architecture, size and budget, says the cost, and can go back', async () => {
    await answerQuestions(workbench, 'Short');
    const input = workbench.page.locator('.quick-input-widget');
    assert.match(await input.locator('.quick-input-title').innerText(), /Train Model.*5\/5/);
    const estimate = await input.locator('input.input').getAttribute('placeholder');
    assert.match(estimate ?? '', /^[\d.]+K parameters · [\d.]+M tokens · (about .* )?on cpu · \d+ MB$/);
    await workbench.screenshot('training-estimate');
    await input.locator('.quick-input-titlebar .codicon-quick-input-back').click();
    await workbench.pick('A quick look');
    await workbench.pick('Train');
  });

  it('is shown live, and ends when it is cancelled', async () => {
    const view = await runView(workbench, first);
    await stepPast(workbench, view, await stepPast(workbench, view, 0));
    await workbench.screenshot('training-live');
    await view.getByRole('button', { name: 'Cancel', exact: true }).first().click();
    await disk.until(workbench, 'the run is cancelled', first, ({ state }) => state === 'cancelled');
  });

  it('can begin with a recipe in the editor, which says what it costs', async () => {
    await answerQuestions(workbench, 'A quick look');
    await workbench.pick('Edit Recipe');
    await lens('Run').waitFor();
    await lens(/parameters · 1\.23M tokens/).waitFor();
    await workbench.screenshot('training-recipe');
    await workbench.selectText('300', { file: recipe });
    await workbench.page.keyboard.type('40');
    await lens(/parameters · 164K tokens/).waitFor();
  });

  it('says when it is done, and makes a checkpoint that opens like any other model', async () => {
    await lens('Run').click();
    const { page } = workbench;
    const done = page.locator('.notification-list-item', { hasText: `${second} finished at` });
    await done.waitFor({ timeout: TRAINING_MILLISECONDS });
    assert.equal(disk.status(second).state, 'finished');
    await workbench.screenshot('training-finished');
    await done.getByRole('button', { name: 'Open Checkpoint' }).click();
    await workbench.statusBarItem(`${second} final · cpu`).waitFor();
    const { neuron } = await showTopNeurons(workbench, '3 2 1');
    assert.match(neuron, /^L[01] N\d+$/);
    await workbench.screenshot('training-neurons');
  });

  it('marks what is wrong in a recipe, and does not begin with it', async () => {
    const { page } = workbench;
    await page.locator(`.tab[data-resource-name="${recipe}"]`).click();
    await workbench.clickText('"steps"', { file: recipe });
    await page.keyboard.press('Home');
    await page.keyboard.type('"stops": 3,');
    await lens('has mistakes').waitFor();
    await page.locator('.squiggly-error').first().waitFor();
    await workbench.screenshot('training-recipe-mistake');
    await lens('Run').click();
    await page
      .locator('.notification-list-item', { hasText: 'train.stops is not known (did you mean steps?)' })
      .waitFor();
    assert.deepEqual(disk.names(), [first, second]);
  });

  it('prints no error', () => {
    // But what was asked for.
    const others = workbench.errors.filter((error) => !error.includes('train.stops is not known'));
    assert.deepEqual(others, []);
  });
});
