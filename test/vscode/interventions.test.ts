// Interventions in a real VS Code, by mouse and keyboard: a list with switches, a story that is continued with and without
// them, and the loss of every token before and after.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { writeRandomCheckpoint } from '../support/randomModel';
import { storyFolder } from '../support/story';
import { showTopNeurons } from './flows/topNeurons';
import { choosePath } from './harness/dialogs';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const beginning = 'Once upon a time there was a girl named Lily.\nShe had a red ball. One day';
const file = 'girl.txt';
const saved = {
  model: 'another',
  interventions: [
    { part: 'L0.mlp', change: { kind: 'scale', factor: 0.5 } },
    { part: 'L77H0', change: { kind: 'ablate' } },
  ],
};

describe('interventions', () => {
  let workbench: Workbench;
  let folder: string;

  const pane = (): Locator =>
    workbench.page.locator('.pane', {
      has: workbench.page.locator('h3', { hasText: /^Interventions$/ }),
    });
  /** A row of the tree. */
  const row = (text: string): Locator => pane().locator('.monaco-list-row', { hasText: text }).first();
  /** A list that is drawn anew between press and release takes no click: then once more. */
  const switchTo = (on: boolean) =>
    workbench.until(`the switch is ${on ? 'on' : 'off'}`, async () => {
      const box = row('ablate L1H0').locator('.custom-view-tree-node-item-checkbox');
      if ((await box.getAttribute('aria-checked')) === String(on)) return true;
      await box.click();
      await workbench.page.waitForTimeout(500);
      return false;
    });
  const remove = (text: string) =>
    workbench.until(`${text} is removed`, async () => {
      if ((await row(text).count()) === 0) return true;
      await row(text).hover();
      await row(text).locator('.action-label[aria-label^="Remove"]').click();
      await workbench.page.waitForTimeout(500);
      return false;
    });
  const gone = (locator: Locator) => locator.waitFor({ state: 'detached' });
  const status = (pattern: RegExp) => workbench.statusBarItem(pattern).waitFor();
  const text = async () => (await workbench.editorLines(file)).join('\n');
  const notified = (pattern: RegExp) =>
    workbench.until(`a message says ${pattern.source}`, async () =>
      (await workbench.notifications()).some((message) => pattern.test(message)),
    );
  const atEnd = async () => {
    await workbench.clickText('One day');
    await workbench.page.keyboard.press('Control+End');
  };

  before(async () => {
    await prepare();
    folder = await copyFolder(storyFolder);
    await writeFile(join(folder, file), beginning);
    await writeRandomCheckpoint(join(folder, 'random'));
    await writeFile(join(folder, 'short.json'), '[1, 2, 3]');
    await writeFile(
      join(folder, 'probe.txt'),
      Array.from({ length: 128 }, (_, index) => index / 128).join('\n'),
    );
    await writeFile(join(folder, 'half.interventions.json'), JSON.stringify(saved, null, 2));
    workbench = await openWorkbench({
      folder,
      extension: root,
      file: join(folder, file),
      settings: {
        // The first is the one in use.
        'subtext.model': [join(root, 'media', 'models', 'stories'), join(folder, 'random')],
        'files.autoSave': 'off',
        'editor.wordWrap': 'off',
        'editor.minimap.enabled': false,
        'subtext.continue.maxTokens': 30,
        'subtext.continue.seed': 7,
      },
    });
  });

  after(() => workbench.close());

  it('begin as an empty list, which says what they are for', async () => {
    await workbench.page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
    await pane().locator('.welcome-view-content', { hasText: 'Switch a head' }).waitFor();
  });

  it('are wanted where two continuations are to be compared, and the message says how to add one', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Compare Continuations');
    await notified(/No intervention is active for stories.*Ablate/);
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('are typed as a part, which is checked against the model', async () => {
    await workbench.runCommand('Subtext: Ablate…');
    await workbench.page.locator('.quick-input-widget input.input').fill('L99H0');
    const message = workbench.page.locator('.quick-input-message', {
      hasText: 'has no L99H0: its layers are L0',
    });
    await message.waitFor();
    await workbench.answer('l1h0');
    await workbench.pick('Zero');
    await row('ablate L1H0').waitFor();
    await status(/1 intervention$/);
  });

  it('are switched off and on in the list', async () => {
    await switchTo(false);
    await status(/stories · \w+$/);
    await switchTo(true);
    await status(/1 intervention$/);
  });

  it('steer a neuron from its details, and views say that they are active', async () => {
    const { view, neuron } = await showTopNeurons(workbench, 'Once');
    await view.locator('.fact', { hasText: /^1 intervention$/ }).waitFor();
    await view.locator('.part-buttons vscode-button', { hasText: 'Steer' }).click();
    await workbench.answer('6');
    const steered = row(`steer ${neuron.replace(' ', '')}=6`);
    await steered.waitFor();
    await view.locator('.fact', { hasText: /^2 interventions$/ }).waitFor();
    await workbench.screenshot('interventions-neurons');

    await steered.hover();
    await steered.locator('.action-label[aria-label^="Edit Factor"]').click();
    await workbench.answer('-3');
    await row(`steer ${neuron.replace(' ', '')}=-3`).waitFor();
    await row(`steer ${neuron.replace(' ', '')}=-3`).hover();
    await row('steer').locator('.action-label[aria-label^="Remove"]').click();
    await gone(row('steer'));
    await workbench.runCommand('Subtext: Clear Highlight');
    await workbench.page.locator('.tab', { hasText: 'Neurons' }).locator('.codicon-close').click();
  });

  it('come from the picture of a head by a right-click, which marks it and takes it back', async () => {
    await workbench.clickText('Once');
    await workbench.runCommand('Subtext: Show Attention');
    const view = await workbench.webview('Attention');
    const head = view.locator('#head-2');
    await view.locator('#head-8 .codicon-circle-slash').waitFor();
    await head.click({ button: 'right' });
    await view.locator('.menu-item', { hasText: 'Ablate to Mean' }).click();
    await row('ablate-mean L0H2').waitFor();
    await head.locator('.codicon-circle-slash').waitFor();
    await workbench.screenshot('interventions-attention');
    await head.click({ button: 'right' });
    await view.locator('.menu-item[aria-checked=true]', { hasText: 'ablate-mean L0H2' }).click();
    await status(/1 intervention$/);
    await head.locator('.codicon-circle-slash').waitFor({ state: 'detached' });
    await remove('ablate-mean L0H2');
    await workbench.page.locator('.tab', { hasText: 'Attention' }).locator('.codicon-close').click();
  });

  it('patch a part from a text that is typed, aligned where it has other tokens', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Patch Part from Another Text…');
    await workbench.answer('L1.mlp');
    await workbench.pick('Type a Text…');
    await workbench.answer('Once upon a time there was a boy named Tim.');
    await workbench.pick('Align by Common Tokens');
    await row('patch L1.mlp').waitFor();
    await status(/2 interventions$/);
    await remove('patch L1.mlp');
  });

  it('steer a layer along the numbers of a file, whose length the model checks', async () => {
    const steerAlong = async (name: string) => {
      await workbench.runCommand('Subtext: Steer…');
      await workbench.answer('L1.resid');
      await workbench.pick('Direction from a File…');
      await choosePath(workbench, join(folder, name));
      await workbench.answer('2');
    };
    await steerAlong('short.json');
    await notified(
      /has 3 numbers and the model’s residual stream 128|has 3 numbers and the model's residual stream 128/,
    );
    await workbench.runCommand('Notifications: Clear All Notifications');
    await steerAlong('probe.txt');
    await row('steer L1.resid=2*probe.txt').waitFor();
    assert.equal(await row('short.json').count(), 0);
    await remove('steer L1.resid=2*probe.txt');
  });

  it('continue a story otherwise, in VS Code’s own diff editor', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Compare Continuations');
    const diff = workbench.page.locator('.monaco-diff-editor');
    await diff.waitFor();
    const side = async (name: string) =>
      (await diff.locator(`.editor.${name} .view-line`).allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
    await workbench.until('both sides have a story', async () =>
      [await side('original'), await side('modified')].every((story) => story.includes('One day')),
    );
    const [without, changed] = [await side('original'), await side('modified')];
    await workbench.screenshot('interventions-compare');
    assert.ok(without.startsWith(beginning) && changed.startsWith(beginning), without);
    assert.notEqual(changed, without);
    await workbench.page.keyboard.press('Control+w');
    await gone(diff);
  });

  it('show in a story that is written into the editor, and one undo takes it away', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Continue Story');
    await status(/Continued: 30 tokens · as many as/);
    assert.ok((await text()).startsWith(beginning) && (await text()) !== beginning);
    await workbench.page.keyboard.press('Control+z');
    await workbench.until('one undo takes it all away', async () => (await text()) === beginning);
  });

  it('leave a story that Esc stops as far as it was written', async () => {
    // Slow enough to be stopped, and too hot to end by itself.
    await workbench.changeSettings({
      'subtext.engine': 'wasm',
      'subtext.continue.maxTokens': 400,
      'subtext.continue.temperature': 2,
    });
    await status(/stories · wasm/);
    await atEnd();
    await workbench.runCommand('Subtext: Continue Story');
    await workbench.until('something is written', async () => (await text()).length > beginning.length + 10);
    await workbench.page.keyboard.press('Escape');
    await status(/^Stopped continuing$/);
    const stopped = await text();
    assert.ok(stopped.startsWith(beginning));
    await workbench.page.keyboard.press('Control+z');
    await workbench.until('one undo takes it all away', async () => (await text()) === beginning);
  });

  it('give way to a person who types', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Continue Story');
    await workbench.until('something is written', async () => (await text()).length > beginning.length + 10);
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.type('So: ');
    await status(/^Stopped continuing: the text was changed$/);
    assert.ok((await text()).startsWith(`So: ${beginning}`), await text());
    await workbench.runCommand('File: Revert File');
    await workbench.until('the text is as it was', async () => (await text()) === beginning);
    await workbench.changeSettings({ 'subtext.engine': 'cpu' });
    await status(/stories · cpu/);
  });

  it('change the loss of tokens, which is painted and listed', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Show Loss Changes');
    const view = await workbench.webview('Losses');
    await view.locator('.totals .change').first().waitFor();
    const painted = await workbench.waitForDecorations();
    assert.ok(painted.length > 3);
    const line = workbench.page.locator('.codelens-decoration', {
      hasText: 'blue worse, orange better with 1 intervention',
    });
    await line.waitFor();
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(300);
      await workbench.screenshot(`losses-${themes[theme]}`);
    }
    await workbench.setTheme('Default Dark Modern');
    await view.locator('.loss-list .virtual-list .row').first().click();
    await atEnd();
    await workbench.page.keyboard.press('Escape');
    await workbench.waitForDecorations((found) => found.every(({ kind }) => kind !== 'background'));
    await workbench.page.locator('.tab', { hasText: 'Losses' }).locator('.codicon-close').click();
  });

  it('stand beside another model, whose losses of the same text are compared', async () => {
    await atEnd();
    await workbench.runCommand('Subtext: Compare Two Models…');
    await workbench.pick('random');
    const view = await workbench.webview('Losses');
    for (const words of [/^From: random$/, /^To: stories with 1 intervention$/]) {
      await view.locator('.reader').filter({ hasText: words }).waitFor();
    }
    // A model without training predicts every token about as badly as chance.
    await view.locator('.totals .change.better').first().waitFor();
    await workbench.screenshot('losses-models');
    await workbench.page.locator('.tab', { hasText: 'Losses' }).locator('.codicon-close').click();
  });

  it('come from a file, and those that another model cannot take say why', async () => {
    await workbench.openFile('half.interventions.json');
    await workbench.page.locator('.codelens-decoration a', { hasText: 'Load Interventions' }).click();
    await workbench.pick('Replace');
    await row('scale L0.mlp=0.5').waitFor();
    await row('ablate L77H0').locator('.codicon-warning').waitFor();
    await notified(/1 of 2 interventions cannot be applied to stories.*It was made for another/);
    await workbench.screenshot('interventions-loaded');
    await pane().hover();
    await pane().locator('.pane-header .action-label[aria-label^="Clear Interventions"]').click();
    await pane().locator('.welcome-view-content', { hasText: 'Switch a head' }).waitFor();
    // The refusal is one that was asked for.
    const asked = /^No intervention is active|^The direction for L1\.resid has 3 numbers/;
    const errors = workbench.errors.filter((error) => !asked.test(error));
    assert.deepEqual(errors, []);
  });
});
