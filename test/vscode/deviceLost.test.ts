// A graphics card that is lost under an open inspection: a person is asked with what to go on. The card is in software.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { tryEngine } from '../support/engines';
import { engineProcessOf } from '../support/engineProcesses';
import { pretendedCard } from '../support/pretendedCard';
import { writeRandomCheckpoint } from '../support/randomModel';
import { storyFolder } from '../support/story';
import { showTopNeurons } from './flows/topNeurons';
import { backendsOf } from './harness/processes';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

describe('a graphics card that is lost', () => {
  let workbench: Workbench | undefined;
  let missing: string | undefined;
  const card = pretendedCard('NVIDIA GeForce RTX 3090, 24576, 535.129.03, 8.6');

  before(async () => {
    await prepare();
    const here = await tryEngine('webgpu');
    if (typeof here === 'string') {
      missing = here;
      return;
    }
    const folder = await copyFolder(storyFolder);
    await writeRandomCheckpoint(join(folder, 'random'));
    workbench = await openWorkbench({
      folder,
      extension: root,
      file: join(folder, 'story.txt'),
      settings: {
        'subtext.model': join(folder, 'random'),
        'subtext.engine': 'webgpu',
        'subtext.backend.nodePath': card.node,
        'files.autoSave': 'off',
      },
    });
  });

  after(async () => {
    await workbench?.close();
    card.dispose();
  });

  it('is asked about once; the view goes on with the CPU engine', async (context) => {
    if (!workbench) {
      context.skip(missing);
      return;
    }
    const { page } = workbench;
    // A card in software compiles its programs on the processor, which others use too.
    page.setDefaultTimeout(180_000);
    const { view } = await showTopNeurons(workbench, 'little');
    const computesOn = (engine: string) =>
      page.locator(`.statusbar-item :is([aria-label*="random, ${engine}"])`).first().waitFor();
    await computesOn('webgpu, RTX 3090');
    await workbench.statusBarItem('random · webgpu · RTX 3090').waitFor();

    const [backend] = backendsOf(workbench.server);
    process.kill(await engineProcessOf(backend), 'SIGKILL');
    await workbench.clickText('upon');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Lily smiled. ');
    const asked = page.locator('.notifications-toasts .notification-list-item', {
      hasText: 'process of the webgpu engine ended',
    });
    await asked.waitFor();
    assert.equal(await asked.count(), 1);
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`device-lost-${themes[theme]}`);
    }
    await asked.getByText('Use CPU Engine').click();
    await view.locator('[role="grid"] .row:not(.column-head)').first().waitFor();
    await computesOn('cpu');
    assert.doesNotMatch(await workbench.statusBarItem('random').innerText(), /RTX/);
    assert.deepEqual(backendsOf(workbench.server), [backend]);
  });
});
