// `npm run pictures`: takes the README's pictures in a real VS Code, with the sample models on the sample story.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { samplesFile } from '../../src/backend/data/cfg/samplesFile';
import { openWorkbench, type Workbench } from '../vscode/harness/workbench';

const pictures = join(root, 'media', 'readme');
const runs = join(root, '.subtext', 'runs');

/** What a picture shows: the file that is opened with a sample model, and what a person does then. */
interface Picture {
  model: string;
  file?: string;
  size?: { width: number; height: number };
  show(workbench: Workbench): Promise<void>;
}

const shown: Record<string, Picture> = {
  neurons: {
    model: 'stories',
    file: 'story.txt',
    async show(workbench) {
      await workbench.rightClickText('Tom');
      await workbench.menu('Subtext', 'Show Top-Activating Neurons');
      const view = await workbench.webview('Neurons');
      // One that stands for names.
      await view.locator('.filter input').fill('L0 N329');
      await view.locator('[role="grid"] .row:not(.column-head)', { hasText: 'L0 N329' }).click();
      await workbench.waitForDecorations();
      await view.locator('.filter input').fill('');
    },
  },
  attention: {
    model: 'stories',
    file: 'story.txt',
    size: { width: 1500, height: 860 },
    async show(workbench) {
      await workbench.rightClickText('Tom');
      await workbench.menu('Subtext', 'Show Attention');
      const view = await workbench.webview('Attention');
      // L3 H6 looks for who speaks: from before a name to where it stood.
      await view.locator('[id="head-30"]').click();
      await view.locator('.map-canvas').waitFor();
      await view.getByRole('button', { name: 'Text', exact: true }).click();
      await workbench.clickText('said');
      await workbench.waitForDecorations();
    },
  },
  run: {
    model: 'stories',
    async show(workbench) {
      await workbench.page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
      const row = workbench.page.locator('.pane', { hasText: 'Runs' }).locator('.monaco-list-row');
      await row.filter({ hasText: 'sample-stories' }).click();
      const view = await workbench.webview('sample-stories');
      await view.getByText('sample-stories').first().waitFor();
    },
  },
  'parse-tree': {
    model: 'cfg',
    file: 'strings.cfgtext',
    async show(workbench) {
      // In the string that is read wrongly.
      await workbench.rightClickText('3', { occurrence: 32 });
      await workbench.menu('Inspect Parse-Tree Probe');
      const view = await workbench.webview('Parse Tree');
      await view.locator('.held-out li').first().waitFor();
    },
  },
};

async function take(name: string, { model, file, size, show }: Picture, folder: string): Promise<void> {
  const workbench = await openWorkbench({
    folder,
    extension: root,
    settings: {
      'subtext.model': join(root, 'media', 'models', model),
      'files.autoSave': 'off',
      'editor.wordWrap': 'on',
      'editor.occurrencesHighlight': 'off',
      'editor.selectionHighlight': false,
      'workbench.startupEditor': 'none',
    },
    ...(size && { size }),
  });
  try {
    if (file !== undefined) {
      await workbench.openFile(file);
      await workbench.runCommand('View: Close Primary Side Bar');
    }
    await show(workbench);
    for (const [theme, kind] of [
      ['Default Light Modern', 'light'],
      ['Default Dark Modern', 'dark'],
    ] as const) {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(1500);
      await workbench.page.screenshot({
        path: join(pictures, `${name}-${kind}.png`),
        caret: 'hide',
        animations: 'disabled',
      });
    }
  } finally {
    await workbench.close();
  }
}

async function main(wanted: string[]): Promise<void> {
  await prepare();
  await mkdir(pictures, { recursive: true });
  const folder = join(await mkdtemp(join(tmpdir(), 'subtext-')), 'stories');
  await cp(join(root, 'media', 'samples'), folder, { recursive: true });
  await writeFile(join(folder, 'strings.cfgtext'), samplesFile('cfg3h/3', 6, 1));
  if (existsSync(runs)) {
    await mkdir(join(folder, '.subtext'));
    await symlink(runs, join(folder, '.subtext', 'runs'));
  }
  for (const [name, picture] of Object.entries(shown)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    if (name === 'run' && !existsSync(join(runs, 'sample-stories'))) {
      process.stdout.write('No picture of a run: `npm run sample-models -- stories` makes it.\n');
      continue;
    }
    await take(name, picture, folder);
    process.stdout.write(`${join(pictures, name)}-light.png, -dark.png\n`);
  }
}

main(process.argv.slice(2)).catch(fail);
