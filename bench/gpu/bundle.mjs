// Bundles what the pack runs besides dist/: the suites of operations and of parity with what they read, the measurement of
// the way to the neurons, and the sizes, for the peer.   node bench/gpu/bundle.mjs FOLDER
import { build } from 'esbuild';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = resolve(process.argv[2]);

/** At the same depth as their sources, because they find their files from where they lie. */
const bundles = {
  'test/unit/operations': 'test/unit/operations.test.ts',
  'test/unit/operationShapes': 'test/unit/operationShapes.test.ts',
  'test/parity/transformers': 'test/parity/transformers.test.ts',
  'test/parity/training': 'test/parity/training.test.ts',
  'test/bench/inspect': 'bench/gpu/inspect.ts',
};

const options = {
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  legalComments: 'none',
  logLevel: 'warning',
  external: ['onnxruntime-node', '@tensorflow/tfjs-node-gpu'],
};
await build({ ...options, entryPoints: bundles });
await build({ ...options, entryPoints: { sizes: 'src/backend/bench/sizes.ts' } });
const { sizes } = await import(join(folder, 'sizes.js'));
await writeFile(join(folder, 'sizes.json'), JSON.stringify(sizes));
await rm(join(folder, 'sizes.js'));

for (const name of Object.keys(bundles)) {
  // An engine's process is looked for beside whoever starts it.
  await symlink('../../dist/engine.js', join(folder, dirname(name), 'engine.js')).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
for (const name of ['parity', 'training', 'tokenizers']) {
  await mkdir(join(folder, 'test/fixtures'), { recursive: true });
  await cp(join(root, 'test/fixtures', name), join(folder, 'test/fixtures', name), { recursive: true });
}
