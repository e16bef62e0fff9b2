// The first use of Subtext, as a person does it: right-click a story, read the ranking, lock a neuron, see it painted.
// Shared by the tests of the extension under development and of the packaged one.
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { EditorDecoration } from '../harness/editor-text';
import type { Workbench } from '../harness/workbench';

export interface TopNeurons {
  /** The neurons view. */
  view: Frame;
  /** Name of the neuron that was locked, such as `L4 N70`. */
  neuron: string;
  /** What the editor shows for it. */
  decorations: EditorDecoration[];
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
  const decorations = await workbench.waitForDecorations();
  return { view, neuron, decorations };
}
