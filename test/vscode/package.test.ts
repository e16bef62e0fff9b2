// The VSIX: what is in it, how big it is, and that the newest VS Code runs it.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makePackage, type MadePackage } from '../../scripts/package.mjs';
import { newest, startServer, type Server } from '../../scripts/vscode-server.mjs';
import { writeRandomCheckpoint } from '../support/randomModel';
import { storyFolder } from '../support/story';
import { expectPaint } from './flows/paint';
import { showTopNeurons } from './flows/topNeurons';
import { Twin } from './flows/twin';
import { copyFolder, openWorkbench } from './harness/workbench';

/** ONNX Runtime's libraries alone pack to 17 MB on Linux, and to about as much on Windows. */
const sizeCap = 25e6;

/** Everything that may be in the VSIX, as installed. */
const allowed = [
  /^\.vsixmanifest$/,
  /^package(\.nls)?\.json$/,
  /^(readme\.md|changelog\.md|license(\.txt)?)$/i,
  /^dist\/[\w-]+\.js$/,
  /^dist\/webview\/[\w.-]+\.(js|css|ttf)$/,
  /^dist\/wasm\/[\w-]+\.wasm$/,
  /^l10n\/[\w.-]+\.json$/,
  /^media\/[^.].*\.(svg|png|md|txt|cfgtext|json|safetensors)$/,
  /^node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/.*\.(js|json))$/,
  /^node_modules\/onnxruntime-node\/(package\.json|dist\/.*\.js)$/,
  new RegExp(`^node_modules/onnxruntime-node/bin/napi-v\\d+/${process.platform}/${process.arch}/[\\w.]+$`),
];

/** What it does not work without. */
const required = [
  'package.json',
  'dist/extension.js',
  'dist/client.js',
  'dist/backend.js',
  'dist/worker.js',
  'dist/cli.js',
  'dist/webview/neurons.js',
  'dist/webview/neurons.css',
  'dist/webview/run.js',
  'dist/webview/run.css',
  'dist/wasm/tfjs-backend-wasm.wasm',
];

/** What the `cpu` engine loads; the library's name has its version on some platforms. */
const native = [
  new RegExp(
    `^node_modules/onnxruntime-node/bin/napi-v\\d+/${process.platform}/${process.arch}/\\w+\\.node$`,
  ),
  /^node_modules\/onnxruntime-node\/bin\/.*\/(lib)?onnxruntime[\w.]*\.(so[\d.]*|dylib|dll)$/,
  /^node_modules\/onnxruntime-node\/dist\/index\.js$/,
  /^node_modules\/onnxruntime-common\/dist\/cjs\/index\.js$/,
];

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/')).sort();
}

describe('VSIX', () => {
  let made: MadePackage;
  let server: Server;
  let installed: string;
  let files: string[];

  before(async () => {
    made = await makePackage();
    server = await startServer({ version: newest, vsix: made.path });
    const extensions = join(server.dataFolder, 'extensions');
    const name = (await readdir(extensions)).find((each) => each.startsWith('subtext.subtext-'));
    assert.ok(name, `VS Code did not install ${made.path}`);
    installed = join(extensions, name);
    files = await filesUnder(installed);
  });

  after(async () => {
    await server.stop();
  });

  it('holds nothing but what the extension needs', () => {
    assert.deepEqual(
      files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
      [],
    );
  });

  it('holds the extension, its backend and its views', () => {
    assert.deepEqual(
      required.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('holds the native engine where there is one for the platform', () => {
    if (`${process.platform}-${process.arch}` === 'linux-x64') assert.ok(made.hasNative);
    assert.deepEqual(
      made.hasNative ? native.filter((pattern) => !files.some((file) => pattern.test(file))) : [],
      [],
    );
  });

  it('leaves out the pictures of the README, which VS Code does not show', async () => {
    assert.deepEqual(
      files.filter((file) => file.startsWith('media/readme/')),
      [],
    );
    const readme = await readFile(
      join(
        installed,
        files.find((file) => /^readme\.md$/i.test(file))!,
      ),
      'utf8',
    );
    assert.match(readme, /^## Two commands$/m);
    assert.doesNotMatch(readme, /media\/readme/);
  });

  it('is small enough', () => {
    assert.ok(made.size < sizeCap, `${made.path} has ${made.size} bytes; at most ${sizeCap} are allowed`);
  });

  it('keeps to the budget of 600 KB for the host and 400 KB for each view', async () => {
    const size = async (name: string) => (await stat(join(installed, 'dist', name))).size;
    const host = (await size('extension.js')) + (await size('client.js'));
    assert.ok(host <= 600 * 1024, `the host's bundles have ${host} bytes`);
    for (const name of files.filter((file) => /^dist\/webview\/.*\.js$/.test(file))) {
      const view = await size(name.slice('dist/'.length));
      assert.ok(view <= 400 * 1024, `${name} has ${view} bytes`);
    }
  });

  it('shows top-activating neurons in the newest VS Code', async () => {
    const folder = await copyFolder(storyFolder);
    const [model, file] = [join(folder, 'random'), join(folder, 'story.txt')];
    await writeRandomCheckpoint(model);
    const story = await readFile(file, 'utf8');
    const twin = await Twin.open(model);
    const workbench = await openWorkbench({ server, folder, file, settings: { 'subtext.model': model } });
    try {
      const shown = await showTopNeurons(workbench, 'little');
      const neuron = await twin.neuron(await twin.topNeuron(story), story);
      assert.equal(shown.neuron, neuron.name);
      await expectPaint(workbench, neuron, story);
      // Without its native binary the extension would go on, on another engine.
      await workbench.statusBarItem(made.hasNative ? 'random · cpu' : 'random · wasm').waitFor();
      await workbench.screenshot('packaged-newest');
      assert.deepEqual(workbench.errors, []);
    } finally {
      await workbench.close();
      twin.close();
    }
  });
});
