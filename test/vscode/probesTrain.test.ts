// From the palette's questions, or a recipe in the editor, to trained probes, in a real VS Code: nothing is fake.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProbeResults } from '../../src/protocol/probes';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { processes } from '../support/processes';
import { temporaryWorkspace } from '../support/runDirectories';
import { choosePath } from './harness/dialogs';
import { openWorkbench, type Workbench } from './harness/workbench';

/** Seconds of work, on a machine that may do much else. */
const TRAINING_MILLISECONDS = 120_000;

const LONG = {
  models: ['cfg'],
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 400 },
  targets: [{ kind: 'boundary' }],
  probe: { kind: 'multi-head' },
  train: { steps: 100_000, patience: 10_000 },
};

describe('training probes', { timeout: 295_000 }, () => {
  let workbench: Workbench;
  let workspace: string;

  const kept = (name: string) => join(workspace, '.subtext/probes', name);
  const input = () => workbench.page.locator('.quick-input-widget');
  const title = () => input().locator('.quick-input-title').innerText();
  const notification = (text: string | RegExp) =>
    workbench.page.locator('.notification-list-item', { hasText: text }).first();
  const lens = (text: string | RegExp) =>
    workbench.page.locator('.codelens-decoration a', { hasText: text }).first();
  const row = (label: string) =>
    input()
      .locator('.monaco-list-row')
      .filter({ has: workbench.page.locator('.label-name', { hasText: label }) })
      .first();

  /** Goes on from a page where several can be chosen, once it shows an entry. */
  async function accept(shown: string): Promise<void> {
    await row(shown).waitFor();
    await input().getByRole('button', { name: 'OK', exact: true }).click();
    await row(shown).waitFor({ state: 'hidden' });
  }

  async function answerUpToData(): Promise<void> {
    await workbench.runCommand('Subtext: Train Probe…');
    await row('cfg').waitFor();
    if ((await row('cfg').getAttribute('aria-checked')) !== 'true') await workbench.pick('cfg');
    await accept('Checkpoint Folder…');
  }

  before(async () => {
    await prepare();
    workspace = temporaryWorkspace();
    const recipes = { long: LONG, words: { ...LONG, models: ['stories'] } };
    for (const [name, recipe] of Object.entries(recipes))
      writeFileSync(join(workspace, `${name}.probe.json`), JSON.stringify(recipe, undefined, 2));
    const lines = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({
        text: `1 2 3 ${1 + (index % 3)}`,
        tag: [[0, index === 8 ? 99 : 1, index % 2 ? 'a' : 'b']],
      }),
    );
    writeFileSync(join(workspace, 'labels.jsonl'), lines.join('\n'));
    workbench = await openWorkbench({
      folder: workspace,
      extension: root,
      settings: { 'files.autoSave': 'off', 'files.simpleDialog.enable': true },
    });
  });

  after(() => workbench.close());

  it('begins with questions in steps, and can go back', async () => {
    await answerUpToData();
    await workbench.pick('Strings of cfg3b/3');
    await accept('Next Token');
    await accept('Level 3');
    await row('Residual stream after each layer').waitFor();
    await workbench.screenshot('probe-train-activations');
    assert.match(await title(), /Train Probe.*5\/8/);
    await input().locator('.quick-input-titlebar .codicon-quick-input-back').click();
    await accept('Level 2');
    await accept('Token embedding');
    await accept('Layer 1');
    await workbench.pick('Linear, Least Squares');
    await row('Open as Recipe').waitFor();
    assert.match(await title(), /8\/8/);
    await workbench.screenshot('probe-train-decision');
  });

  it('says how far it is, and keeps the probes of a sample model in the workspace', async () => {
    await workbench.pick('Train');
    await notification('Train Probe: cfg-ancestor').waitFor();
    await workbench.screenshot('probe-train-progress');
    const results = join(kept('cfg-ancestor'), 'results.json');
    const deadline = Date.now() + TRAINING_MILLISECONDS;
    while (!existsSync(results) && Date.now() < deadline) await workbench.page.waitForTimeout(100);
    const { probes } = JSON.parse(readFileSync(results, 'utf8')) as ProbeResults;
    assert.deepEqual(
      probes.map(({ target, level, layer }) => `${layer} ${target} ${level}`),
      [0, 1, 2].flatMap((layer) =>
        ['ancestor 2', 'ancestor 3', 'boundary 2', 'boundary 3'].map((read) => `${layer} ${read}`),
      ),
    );
    // The chart of what was trained.
    await workbench.webview(/^Probes/);
    assert.equal(readFileSync(join(workspace, '.subtext/.gitignore'), 'utf8'), '*\n');
    await workbench.screenshot('probe-train-done');
  });

  it('takes labels beside texts from a file, and tells where a span leaves its text', async () => {
    await answerUpToData();
    await workbench.pick('Labels in a JSONL File…');
    await choosePath(workbench, join(workspace, 'labels.jsonl'), 'Probe on This');
    await accept('tag');
    await accept('Token embedding');
    await accept('Layer 1');
    await workbench.pick('Linear, Least Squares');
    await workbench.pick('Train');
    await notification(/labels\.jsonl, line 9.*from 0 to 99/).waitFor({ timeout: TRAINING_MILLISECONDS });
    assert.ok(!existsSync(kept('cfg-tag')));
  });

  it('checks a recipe while it is written, and marks what is wrong', async () => {
    await workbench.openFile('long.probe.json');
    await lens('Train Probe').waitFor();
    await lens('kept in .subtext/probes/long').waitFor();
    await workbench.clickText('"patience"', { file: 'long.probe.json' });
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.type('"stops": 3,');
    await lens('has mistakes').waitFor();
    await workbench.page.locator('.squiggly-error').first().waitFor();
    await workbench.screenshot('probe-train-mistake');
    for (let step = 0; step < 11; step++) await workbench.page.keyboard.press('Backspace');
    await lens('kept in').waitFor();
  });

  it('ends when it is cancelled, and leaves no folder', async () => {
    await lens('Train Probe').click();
    await notification(/Train Probe: long.*cfg/).waitFor({ timeout: TRAINING_MILLISECONDS });
    await notification('Train Probe: long').getByRole('button', { name: 'Cancel' }).click();
    await notification('Train Probe: long').waitFor({ state: 'detached' });
    const isTraining = () => processes().some(({ command }) => command.includes(`--out ${kept('long')}`));
    await workbench.until('its process has ended', () => Promise.resolve(!isTraining()));
    assert.ok(!existsSync(kept('long')));
  });

  it('says that the backend died in the midst of it', async () => {
    await lens('Train Probe').click();
    await notification(/Train Probe: long.*cfg/).waitFor({ timeout: TRAINING_MILLISECONDS });
    const training = processes().find(({ command }) => command.includes(`--out ${kept('long')}`))!;
    process.kill(training.parent, 'SIGKILL');
    await notification(/backend stopped/i).waitFor();
    await workbench.until('the training has ended', () =>
      Promise.resolve(!processes().some(({ id }) => id === training.id)),
    );
    assert.ok(!existsSync(kept('long')));
  });

  it('refuses a model of another vocabulary', async () => {
    await workbench.openFile('words.probe.json');
    await lens('Train Probe').click();
    await notification(/Token 0 of the model/).waitFor({ timeout: TRAINING_MILLISECONDS });
    await workbench.screenshot('probe-train-refused');
  });
});
