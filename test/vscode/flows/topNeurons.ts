// The first use of Subtext, as a person does it: right-click a story, read the ranking, lock a neuron, see it painted.
// Shared by the tests of the extension under development and of the packaged one.
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { Workbench } from '../harness/workbench';

export interface TopNeurons {
  /** The neurons view. */
  view: Frame;
  /** Name of the neuron that was locked, such as `L4 N70`. */
  neuron: string;
}

/** @param text some words of the open story that are on the screen */
export async function showTopNeurons(workbench: Workbench, text: string): Promise<TopNeurons> {
  await workbench.rightClickText(text);
  await workbench.menu('Subtext', 'Show Top-Activating Neurons');

  const view = await workbench.webview('Neurons');
  const first = view.locator('[role="grid"] .row:not(.column-head)').first();
  await first.waitFor();
  const neuron = /L\d+ N\d+/.exec(await first.innerText())?.[0] ?? '';
  assert.notEqual(neuron, '', 'the first row of the ranking names no neuron');

  await first.click();
  await workbench.waitForDecorations();
  return { view, neuron };
}

/** Waits until the head of the view counts so many tokens. */
export async function countsTokens(view: Frame, count: number): Promise<void> {
  const text = `${count.toLocaleString('en')} tokens`;
  await view.locator('.view-header .fact', { hasText: new RegExp(`^${text}$`) }).waitFor();
}
