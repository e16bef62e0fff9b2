// Grammars and their strings in the extension under development: problems, outline, definitions, hover, sampling,
// completion.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const model = join(root, 'media', 'models', 'cfg');
const grammar = `# Nouns and verbs.
S -> Subject Verb | Subject Verb Object
Subject -> she | the cat
Object -> the dog | the cat
Verb -> sees | hears
Lost -> sees
`;

describe('grammars', () => {
  let workbench: Workbench;
  let folder: string;

  before(async () => {
    await prepare();
    folder = await mkdtemp(join(tmpdir(), 'subtext-workspace-'));
    await writeFile(join(folder, 'sentences.cfg'), grammar);
    await writeFile(join(folder, 'own.cfgtext'), '# grammar\nshe sees\n');
    await writeFile(join(folder, 'setup.cfg'), '[metadata]\nname = other\n');
    workbench = await openWorkbench({
      folder,
      extension: root,
      settings: { 'subtext.model': model, 'files.autoSave': 'off' },
    });
  });

  after(async () => {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  });

  const problems = () => workbench.page.locator('.markers-panel .monaco-list-row .marker-message-line');
  const outline = () => workbench.page.locator('.outline-pane .monaco-list-row .label-name');

  async function sample(name: string, count: string, seed: string): Promise<void> {
    await workbench.runCommand('Subtext: Sample CFG Text…');
    await workbench.pick(name);
    // The same widget asks all three questions: an answer must not come before its question.
    const question = workbench.page.locator('.quick-input-widget .quick-input-message');
    await question.filter({ hasText: 'How many strings' }).waitFor();
    await workbench.answer(count);
    await question.filter({ hasText: 'Seed' }).waitFor();
    await workbench.answer(seed);
  }

  it('underlines what is wrong with a grammar, and lists it among the problems', async () => {
    await workbench.openFile('sentences.cfg');
    await workbench.runCommand('Problems: Focus on Problems View');
    await problems().filter({ hasText: 'Lost cannot be reached from the root S' }).waitFor();
    await workbench.page.locator('.squiggly-error').first().waitFor();
  });

  it('lists its symbols in the outline', async () => {
    await workbench.runCommand('Explorer: Focus on Outline View');
    await outline().filter({ hasText: 'Object' }).waitFor();
    assert.deepEqual(await outline().allInnerTexts(), ['S', 'Subject', 'Object', 'Verb', 'Lost']);
  });

  it('goes from a symbol to its rules, and says over it what it can become', async () => {
    assert.match(await workbench.hoverText('Object'), /1 to 2 terminals|2 rules, used 1 time/);
    await workbench.clickText('Object');
    await workbench.page.keyboard.press('F12');
    await workbench.statusBarItem('Ln 4, Col 1').waitFor();
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`grammar-${themes[theme]}`);
    }
  });

  it('leaves files alone that other programs call *.cfg', async () => {
    await workbench.openFile('setup.cfg');
    await workbench.statusBarItem('Properties').waitFor();
  });

  it('samples strings into a new file, with their true parse in the outline', async () => {
    await sample('cfg3b', '2', '1');
    await outline().filter({ hasText: /^22$/ }).waitFor();
    await workbench.runCommand('Fold All');
    await workbench.until(
      'only the strings are left',
      async () => (await workbench.editorLines()).length === 5,
    );
    await workbench.runCommand('Unfold All');
    await workbench.screenshot('cfgtext-sampled');
    assert.equal(await problems().count(), 1);
  });

  it('says over a terminal its ancestors and what may follow, by the grammar and by a model', async () => {
    await sample('cfg3h/3', '1', '1');
    await outline().filter({ hasText: 'String 1' }).waitFor();
    await workbench.rightClickText('1', { occurrence: 2 });
    await workbench.menu('Subtext', 'Show Logit Lens');
    const view = await workbench.webview('Logit Lens');
    await view.locator('#place-0-0 .map-number').waitFor();
    const hover = await workbench.hoverText('2', { occurrence: 1 });
    assert.match(hover, /Ancestors, with levels: 13 1 › 1[012] 2 › [789] 3/);
    assert.match(hover, /KL from truth to cfg/);
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`cfgtext-${themes[theme]}`);
    }
  });

  it('underlines the word where a string leaves the language', async () => {
    await workbench.clickText('cfg3h/3');
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.type('1 1 1');
    await problems().filter({ hasText: 'No string of cfg3h/3' }).waitFor();
    await workbench.screenshot('cfgtext-dead');
  });

  it('offers grammars where a file of strings names its own', async () => {
    await workbench.openFile('own.cfgtext');
    // Then the backend answers.
    await workbench.page.locator('.squiggly-warning').first().waitFor();
    await workbench.clickText('grammar');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type(':');
    const offered = workbench.page.locator('.suggest-widget .monaco-list-row');
    await offered.filter({ hasText: 'cfg3b' }).first().waitFor();
    assert.match((await offered.first().getAttribute('aria-label')) ?? '', /^sentences\.cfg/);
    await workbench.screenshot('cfgtext-completion');
    await workbench.page.keyboard.press('Enter');
    await workbench.until(
      'the grammar is named',
      async () => (await workbench.editorLines('own.cfgtext'))[0] === '# grammar: sentences.cfg',
    );
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
