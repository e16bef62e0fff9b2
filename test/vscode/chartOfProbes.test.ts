// The chart of probes in the extension under development: from a folder of probes to a token in the text behind it.
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import type { ProbeFolder, ProbeResult, ProbeToken } from '../../src/protocol/probes';
import { BackendProcess } from '../support/backendProcess';
import { temporaryWorkspace } from '../support/runDirectories';
import { trainCfgProbes } from '../support/trainedProbes';
import { openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

describe('the chart of probes', () => {
  let workbench: Workbench;
  let backend: BackendProcess;
  let folder: ProbeFolder;
  let view: Frame;

  before(async () => {
    await prepare();
    const workspace = temporaryWorkspace();
    const path = await trainCfgProbes(workspace, 'tree.probes');
    await cp(path, join(workspace, 'copies', 'another.probes'), { recursive: true });
    backend = await BackendProcess.start();
    folder = await backend.request('subtext/openProbes', { path });
    workbench = await openWorkbench({ folder: workspace, extension: root });
  });

  after(async () => {
    backend.stop();
    await workbench.close();
  });

  const cell = (truth: number, read: number) =>
    view.locator(`.matrix td[data-true="${truth}"][data-read="${read}"]`);

  function probeOf(target: string, level: number, layer: number): ProbeResult {
    return folder.probes.find(
      (probe) => probe.target === target && probe.level === level && probe.layer === layer,
    )!;
  }

  /** The tokens of a cell, as another backend finds them. */
  async function tokensOf(probe: ProbeResult, truth: number, read: number): Promise<ProbeToken[]> {
    const file = join(folder.path, probe.file);
    const question = { file, true: truth, read, first: 0, count: 1000 };
    return (await backend.request('subtext/probeTokens', question)).tokens;
  }

  /** Where VS Code says that the selection ends: its line and column. */
  async function waitForSelection({ end, text }: ProbeToken): Promise<void> {
    const before = (await readFile(folder.testFile, 'utf8')).slice(0, end);
    const line = before.split('\n').length;
    const column = end - before.lastIndexOf('\n');
    await workbench.statusBarItem(`Ln ${line}, Col ${column} (${text.length} selected)`).waitFor();
  }

  it('opens from a folder that is found in the workspace', async () => {
    await workbench.runCommand('Subtext: Show Probes…');
    const entries = await workbench.pickEntries();
    assert.ok(
      ['another', 'cfg-ancestor'].every((name) => entries.some((entry) => entry.includes(name))),
      entries.join(),
    );
    await workbench.pick('tree');
    view = await workbench.webview('Probes tree');
    await view.locator('.panel').nth(3).waitFor();
    assert.equal(await view.locator('.panel').count(), 4);
    assert.match(await view.locator('.view-header').innerText(), /tree\s+cfg\s+linear\s+8 probes/);
  });

  it('opens the confusion matrix by a click', async () => {
    const panel = view.locator('.panel[aria-label*="ancestor · level 3;"]');
    const { width } = (await panel.boundingBox())!;
    await panel.click({ position: { x: width - 92, y: 60 } });
    await cell(0, 0).waitFor();
    assert.equal(await view.locator('.detail-name').innerText(), 'ancestor · level 3 · layer 1 · cfg');
    const { accuracy } = probeOf('ancestor', 3, 1);
    const numbers = await view.locator('.detail-numbers').innerText();
    assert.ok(numbers.startsWith(`${(100 * accuracy).toFixed(1)}%`), numbers);
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`probes-vscode-${themes[theme]}`);
    }
  });

  it('opens the text at a token of a cell that is clicked, beside the chart', async () => {
    const [first, second] = await tokensOf(probeOf('ancestor', 3, 1), 1, 1);
    await cell(1, 1).click();
    const rows = view.locator('.token-list .row:not([hidden])');
    await rows.first().locator('.token:not([hidden])').waitFor();
    await rows.first().click();
    await waitForSelection(first);
    await workbench.screenshot('probes-vscode-token');
    // The chart is still there to choose another.
    await rows.nth(1).click();
    await waitForSelection(second);
  });

  it('does all of it by keys', async () => {
    const [first] = await tokensOf(probeOf('boundary', 3, 0), 1, 0);
    const { keyboard } = workbench.page;
    const panel = view.locator('.panel[aria-label*="boundary · level 3;"]');
    await panel.focus();
    await keyboard.press('Home');
    await keyboard.press('Enter');
    await view.locator('.detail-name', { hasText: 'boundary · level 3 · layer 0' }).waitFor();
    await view.locator('.matrix td:focus').waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await view.locator('.token-list:focus .row.active .token:not([hidden])').waitFor();
    await keyboard.press('Enter');
    await waitForSelection(first);
  });

  it('steers along a probe: its model is offered, then its classes', async () => {
    await view.getByRole('button', { name: 'Steer Along This Probe…' }).click();
    const offer = workbench.page.locator('.notifications-toasts .notification-list-item', {
      hasText: 'The probe was trained on cfg, which is not open.',
    });
    await offer.getByRole('button', { name: 'Open cfg' }).click();
    await workbench.pick('end');
    await workbench.pick('The Mean of All');
    await workbench.page.locator('.quick-input-widget', { hasText: 'Factor of the direction' }).waitFor();
    await workbench.answer('3');
    await workbench.statusBarItem(/cfg · \w+ · 1 intervention$/).waitFor();
    const row = workbench.page.locator('.monaco-list-row', { hasText: 'boundary 3: end' });
    await workbench.runCommand('Subtext: Focus on Interventions View');
    await row.waitFor();
    assert.match(await row.innerText(), /L1\.resid/);
    await workbench.screenshot('probes-vscode-steered');
  });

  it('shows a folder beside it, which is lost by no reload', async () => {
    await view.getByRole('button', { name: 'Compare With…' }).click();
    await workbench.pick('another');
    await workbench.page
      .locator('.quick-input-widget')
      .getByRole('button', { name: 'OK', exact: true })
      .click();
    await view.locator('.legend-entry', { hasText: 'cfg · another' }).waitFor();
    await workbench.screenshot('probes-vscode-compared');
  });

  it('comes back with its matrix when the window is loaded again', async () => {
    await workbench.reload();
    view = await workbench.webview('Probes tree, another');
    await cell(0, 0).waitFor();
    assert.match(
      await view.locator('.detail-name').innerText(),
      /^boundary · level 3 · layer 0 · cfg · tree$/,
    );
    assert.equal(await view.locator('.legend-entry').count(), 2);
  });

  it('leaves no error behind', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
