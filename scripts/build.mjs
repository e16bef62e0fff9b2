// Bundles the extension with esbuild: one entry of `bundles` for each process or page.
//   node scripts/build.mjs [--watch] [--minify] [--out FOLDER]
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');
const outAt = process.argv.indexOf('--out');
const out = outAt === -1 ? join(root, 'dist') : resolve(process.argv[outAt + 1]);

const node = { platform: 'node', target: 'node20', format: 'cjs' };
const page = {
  platform: 'browser',
  target: 'chrome120',
  format: 'iife',
  loader: { '.ttf': 'file' },
  // Beside the style sheet: pages may load from dist/webview only.
  assetNames: 'webview/[name]-[hash]',
};
/** Native, or optional on this machine: never bundled. */
const native = ['onnxruntime-node', '@tensorflow/tfjs-node-gpu'];

/** Every folder of webview/ with a main.ts is a page. */
async function views() {
  const entries = {};
  for (const name of await readdir(join(root, 'webview'))) {
    const main = join('webview', name, 'main.ts');
    if (await stat(join(root, main)).catch(() => undefined)) entries[`webview/${name}`] = main;
  }
  return entries;
}

const bundles = {
  extension: {
    ...node,
    external: ['vscode'],
    alias: Object.fromEntries(
      ['semver/functions/parse', 'semver/functions/satisfies', 'minimatch'].map((name) => [
        name,
        join(root, 'scripts/unused.cjs'),
      ]),
    ),
    // The language client is loaded on first need: alone it would be most of the time that activation takes.
    entryPoints: { extension: 'src/extension.ts', client: 'src/host/backend/languageClient.ts' },
  },
  backend: {
    ...node,
    external: native,
    // TensorFlow.js fetches with it what we never fetch, and brings a table of all international domain names.
    alias: { 'node-fetch': join(root, 'scripts/unused.cjs') },
    entryPoints: {
      backend: 'src/backend/main.ts',
      worker: 'src/backend/server/worker.ts',
      cli: 'src/cli/main.ts',
      batches: 'src/backend/train/batchWorker.ts',
      engine: 'src/backend/engine/guarded/process.ts',
    },
  },
  webview: {
    ...page,
    entryPoints: await views(),
  },
  tests: {
    ...node,
    external: ['vscode', 'mocha'],
    entryPoints: { 'test/in-host': 'test/vscode/harness/in-host.ts' },
  },
};

async function copyWasm() {
  const from = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
  await mkdir(join(out, 'wasm'), { recursive: true });
  for (const name of await readdir(from)) {
    // Node runs it on one thread.
    if (name.endsWith('.wasm') && !name.includes('threaded'))
      await cp(join(from, name), join(out, 'wasm', name));
  }
}

if (!watch) await rm(out, { recursive: true, force: true });
await copyWasm();
for (const bundle of Object.values(bundles)) {
  const options = {
    ...bundle,
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': minify ? '"production"' : '"development"' },
  };
  if (watch) await (await context(options)).watch();
  else await build(options);
}
