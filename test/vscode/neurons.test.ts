// Top-activating neurons in the extension under development, on the lowest supported VS Code.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { writeRandomCheckpoint } from '../support/randomModel';
import { showTopNeurons, type TopNeurons } from './flows/topNeurons';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

describe('top-activating neurons', () => {
  let workbench: Workbench;
  let story: string;
  let shown: TopNeurons;

  before(async () => {
    await prepare();
    const folder = await copyFolder(join(root, 'media', 'samples'));
    await writeRandomCheckpoint(join(folder, 'random'));
    const file = join(folder, 'story.txt');
    story = await readFile(file, 'utf8');
    workbench = await openWorkbench({
      folder,
      extension: root,
      file,
      settings: { 'subtext.model': join(folder, 'random') },
    });
    shown = await showTopNeurons(workbench, 'little');
  });

  after(async () => {
    await workbench.close();
  });

  it('paints the locked neuron over tokens of the story', () => {
    for (const { text } of shown.decorations)
      assert.ok(story.includes(text), `'${text}' is not in the story`);
  });

  it('shows the value of a painted token in its hover', async () => {
    const hover = await workbench.hoverDecoration(shown.decorations[0]);
    assert.match(hover, new RegExp(shown.neuron));
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`neurons-${themes[theme]}`);
    }
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
