// Interventions in a real VS Code: each kind from where a person meets it, kept in a file and across a reload, and followed
// by the view of losses while the text is edited.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import type { InterventionFile } from '../../src/protocol/interventions';
import { storyFolder } from '../support/story';
import { showTopNeurons } from './flows/topNeurons';
import { choosePath } from './harness/dialogs';
import { copyFolder, openWorkbench, type Workbench } from './harness/workbench';

const beginning = 'Once upon a time there was a girl named Lily.\nShe had a red ball and a sad cat. One day';
const file = 'girl.txt';

describe('interventions that are kept', () => {
  let workbench: Workbench;
  let folder: string;
  let neuron: string;

  const pane = (): Locator =>
    workbench.page.locator('.pane', {
      has: workbench.page.locator('h3', { hasText: /^Interventions$/ }),
    });
  const row = (text: string): Locator => pane().locator('.monaco-list-row', { hasText: text }).first();
  /** The input box that is open may still be the one before. */
  const asks = (prompt: string) =>
    workbench.page.locator('.quick-input-message', { hasText: prompt }).waitFor();
  const status = (pattern: RegExp) => workbench.statusBarItem(pattern).waitFor();

  before(async () => {
    await prepare();
    folder = await copyFolder(storyFolder);
    await writeFile(join(folder, file), beginning);
    workbench = await openWorkbench({
      folder,
      extension: root,
      settings: {
        'subtext.model': join(root, 'media', 'models', 'stories'),
        'files.autoSave': 'off',
        'editor.wordWrap': 'off',
        'editor.minimap.enabled': false,
        'subtext.continue.maxTokens': 12,
        'subtext.continue.seed': 7,
      },
    });
    await workbench.openFile(file);
    await workbench.page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
  });

  after(() => workbench.close());

  it('ablate a neuron from its details', async () => {
    const found = await showTopNeurons(workbench, 'Once');
    neuron = found.neuron.replace(' ', '');
    await found.view.getByRole('button', { name: 'Ablate' }).click();
    await row(`ablate ${neuron}`).waitFor();
    await workbench.page.locator('.tab', { hasText: 'Neurons' }).locator('.codicon-close').click();
    // The line above the text goes with it: what is selected next stands still.
    await workbench.runCommand('Subtext: Clear Highlight');
    await workbench.page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
  });

  it('scale a layer', async () => {
    await workbench.runCommand('Subtext: Scale…');
    await workbench.answer('L1.mlp');
    await asks('Factor that L1.mlp is multiplied by');
    await workbench.answer('0.25');
    await row('scale L1.mlp=0.25').waitFor();
  });

  it('steer a layer along the difference of two selections', async () => {
    const { page } = workbench;
    await workbench.selectText('red ball');
    await page.keyboard.down('Alt');
    await workbench.selectText('sad cat');
    await page.keyboard.up('Alt');
    await workbench.runCommand('Subtext: Steer…');
    await workbench.answer('L2.resid');
    await workbench.pick('Difference Between Two Selections');
    await workbench.pick('Towards “red ball”');
    await asks('Factor of the direction');
    await workbench.answer('40');
    await row('steer L2.resid=40*difference').waitFor();
    await status(/3 interventions$/);
  });

  it('change a continuation by steering alone', async () => {
    for (const other of [`ablate ${neuron}`, 'scale L1.mlp']) {
      await workbench.until(`${other} is off`, async () => {
        const box = row(other).locator('.custom-view-tree-node-item-checkbox');
        if ((await box.getAttribute('aria-checked')) === 'false') return true;
        await box.click();
        await workbench.page.waitForTimeout(500);
        return false;
      });
    }
    await status(/1 intervention$/);
    await workbench.clickText('One day');
    await workbench.page.keyboard.press('Control+End');
    await workbench.runCommand('Subtext: Compare Continuations');
    const diff = workbench.page.locator('.monaco-diff-editor');
    const side = async (name: string) =>
      (await diff.locator(`.editor.${name} .view-line`).allInnerTexts()).join('\n');
    await workbench.until('both sides have a story', async () =>
      [await side('original'), await side('modified')].every((story) => /One\sday/.test(story)),
    );
    assert.notEqual(await side('modified'), await side('original'));
    await workbench.page.keyboard.press('Control+w');
    await diff.waitFor({ state: 'detached' });
  });

  it('are saved to a file with all that they need', async () => {
    const path = join(folder, 'kept.interventions.json');
    await workbench.runCommand('Subtext: Save Interventions…');
    await choosePath(workbench, path);
    await workbench.until('the file is written', () => Promise.resolve(existsSync(path)));
    const { model, interventions } = JSON.parse(readFileSync(path, 'utf8')) as InterventionFile;
    assert.equal(model, 'stories');
    assert.deepEqual(
      interventions.map(({ part, on }) => [part, on]),
      [
        [neuron, false],
        ['L1.mlp', false],
        ['L2.resid', true],
      ],
    );
    const { change } = interventions[2];
    assert.ok(change.kind === 'steer' && change.direction?.kind === 'difference');
    const { text, range } = change.direction.towards;
    assert.equal(range ? text.slice(range.start, range.end) : text, 'red ball');
  });

  it('are followed by the losses of a text that is edited', async () => {
    await workbench.clickText('One day');
    await workbench.runCommand('Subtext: Show Loss Changes');
    const view = await workbench.webview('Losses');
    const spans = () => view.locator('.view-header').innerText();
    await view.locator('.totals .change').first().waitFor();
    const before = await spans();
    await workbench.clickText('One day');
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.type(' the cat came home');
    await workbench.until('more tokens are compared', async () => (await spans()) !== before);
    await workbench.page.keyboard.press('Control+s');
  });

  it('come back, and the losses with them, when the window is loaded again', async () => {
    await workbench.reload();
    const view = await workbench.webview('Losses');
    await view.locator('.totals .change').first().waitFor();
    await row('steer L2.resid=40*difference').waitFor();
    await status(/1 intervention$/);
  });

  it('leave a text alone that VS Code calls read-only', async () => {
    await workbench.changeSettings({ 'files.readonlyInclude': { '**/girl.txt': true } });
    await workbench.clickText('One day');
    await workbench.runCommand('Subtext: Continue Story');
    await workbench.until('a message says so', async () =>
      (await workbench.notifications()).some((message) =>
        /girl\.txt is read-only.*Make it writeable/.test(message),
      ),
    );
    const text = (await workbench.editorLines(file)).join('\n');
    assert.equal(text, `${beginning} the cat came home`);
  });

  it('leave no other error behind', () => {
    assert.deepEqual(
      workbench.errors.filter((error) => !error.includes('is read-only')),
      [],
    );
  });
});
