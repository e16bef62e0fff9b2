// A person's own text, from the folder that they choose to the pictures that they save, in a real VS Code; the run is
// killed on the way.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame, Locator } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { temporaryWorkspace } from '../support/runDirectories';
import { RunsOnDisk, runView, stepPast } from './flows/training';
import { choosePath } from './harness/dialogs';
import { openWorkbench, type Workbench } from './harness/workbench';

/** Sentences that differ, so that there is something to learn. */
function story(number: number): string {
  const names = ['Lily', 'Tom', 'Anna', 'Ben', 'Mia'];
  const things = ['ball', 'dog', 'hat', 'tree', 'boat', 'kite', 'cake'];
  const [name, friend] = [names[number % 5], names[(number + 2) % 5]];
  const thing = things[number % 7];
  return `${name} had a ${thing}. ${friend} saw the ${thing} and was happy. "Look!" said ${name}. They took the ${thing} home.`;
}

const recipe = 'books.subtext.json';
const run = 'books-01';

const RECIPE = {
  data: { kind: 'text', files: ['books'] },
  tokenizer: { kind: 'characters' },
  model: { architecture: 'gpt2', layers: 1, width: 32 },
  train: {
    steps: 20_000,
    batch: 4,
    context: 64,
    learning_rate: 1e-3,
    checkpoint_every: 600,
    eval_every: 600,
  },
};

describe('training on own text', { timeout: 295_000 }, () => {
  let workbench: Workbench;
  let workspace: string;
  let disk: RunsOnDisk;

  const row = (text: string): Locator =>
    workbench.page
      .locator('.pane', { hasText: 'Runs' })
      .locator('.monaco-list-row', { hasText: text })
      .first();

  /** The lens that says what the recipe costs. */
  const cost = (text: string | RegExp) =>
    workbench.page.locator('.codelens-decoration a', { hasText: text }).first();

  const savePicture = async (view: Frame, kind: string) => {
    await view.getByRole('button', { name: 'Save…' }).click();
    await view.getByRole('menuitem', { name: `Save as ${kind}…` }).click();
    const path = join(workspace, `loss.${kind.toLowerCase()}`);
    await choosePath(workbench, path);
    await workbench.until(`${path} is written`, () => Promise.resolve(existsSync(path)));
    return readFileSync(path);
  };

  before(async () => {
    await prepare();
    workspace = temporaryWorkspace();
    disk = new RunsOnDisk(workspace);
    mkdirSync(join(workspace, 'books'));
    const stories = Array.from({ length: 400 }, (_, number) => story(number));
    writeFileSync(join(workspace, 'books', 'stories.txt'), stories.join('\n<|endoftext|>\n'));
    writeFileSync(join(workspace, recipe), JSON.stringify(RECIPE, undefined, 2));
    workbench = await openWorkbench({ folder: workspace, extension: root });
    await workbench.page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
  });

  after(async () => {
    await workbench.close();
    disk.end();
  });

  it('begins with a folder that they choose', async () => {
    await workbench.runCommand('Subtext: Train Model…');
    await workbench.pick('Text files…');
    await workbench.pick('Folder…');
    await choosePath(workbench, join(workspace, 'books'));
    await workbench.pick('GPT-2');
    await workbench.pick('Sample');
    await workbench.pick('A quick look');
    await workbench.pick('Edit Recipe');
    await cost('parameters').waitFor();
    const text = (await workbench.editorLines()).join('\n');
    assert.ok(text.includes(JSON.stringify(join(workspace, 'books'))), text);
    await workbench.screenshot('text-recipe');
  });

  it('is helped by the schema in a recipe', async () => {
    await workbench.openFile(recipe);
    // The lens moves the lines when it comes.
    await cost('has mistakes').waitFor();
    await workbench.clickText('"architecture"', { file: recipe });
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('"hea');
    await workbench.page.keyboard.press('Control+Space');
    const offered = workbench.page.locator('.suggest-widget .monaco-list-row');
    await offered.filter({ hasText: 'heads' }).first().waitFor();
    await workbench.screenshot('text-completion');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('2');
    await workbench.page.keyboard.press('Escape');
    const text = (await workbench.editorLines(recipe)).join('\n');
    assert.match(text, /"heads": 2,/);
    await cost(/ · 5\.12M tokens/).waitFor();
  });

  it('starts by the lens above the recipe, and is shown live', async () => {
    await workbench.page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click();
    await stepPast(workbench, await runView(workbench, run), 0);
    await workbench.screenshot('text-training');
  });

  it('is interrupted where its process is killed, and goes on by the button of its row', async () => {
    await disk.until(workbench, 'a checkpoint', run, ({ checkpoints }) => checkpoints.length > 0);
    const { pid, checkpoints } = disk.status(run);
    process.kill(pid, 'SIGKILL');
    await row('interrupted').waitFor();
    await workbench.screenshot('text-interrupted');
    await row(run).hover();
    await row(run).locator('.action-label[aria-label^="Resume Run"]').click();
    await disk.until(workbench, 'another process goes on', run, (status) => {
      return status.pid !== pid && status.state === 'running' && status.step > checkpoints[0];
    });
  });

  it('opens a saved step by its row in the tree', async () => {
    const { checkpoints } = disk.status(run);
    await row(run).locator('.monaco-tl-twistie').click();
    const shown = workbench.statusBarItem(`${run} step ${checkpoints[0]} · cpu`);
    // Pointer and click are lost where the tree is drawn anew beneath them, as it is with every checkpoint.
    for (let tries = 0; tries < 10 && !(await shown.isVisible()); tries++) {
      await row(`step ${checkpoints[0]}`).hover();
      await row(`step ${checkpoints[0]}`)
        .locator('.action-label[aria-label^="Open Checkpoint"]')
        .click({ timeout: 2000 })
        .catch(() => undefined);
      await shown.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    await shown.waitFor({ timeout: 1000 });
  });

  it('opens a saved step from its view', async () => {
    const view = await runView(workbench, run);
    const step = disk.status(run).checkpoints.at(-1)!;
    await view.getByRole('button', { name: 'More Actions…' }).click();
    await view.getByRole('menuitem', { name: 'Open Checkpoint…' }).click();
    await view.getByRole('menuitem', { name: `Step ${step.toLocaleString('en')}`, exact: true }).click();
    await workbench.statusBarItem(`${run} step ${step} · cpu`).waitFor();
  });

  it('is saved as SVG, PNG and CSV where they say', async () => {
    const view = await runView(workbench, run);
    assert.match((await savePicture(view, 'SVG')).toString(), /^<svg[^>]*>.*<\/svg>\s*$/s);
    assert.equal((await savePicture(view, 'PNG')).subarray(1, 4).toString(), 'PNG');
    const [head, first] = (await savePicture(view, 'CSV')).toString().split('\n');
    assert.equal(head.split(',').length, first.split(',').length);
    assert.match(head, /step/);
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
