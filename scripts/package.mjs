// Makes the VSIX for one platform: a folder with exactly what belongs in it, then `vsce package` on that folder.
//   npm run package [-- --target linux-x64 | linux-arm64 | darwin-x64 | darwin-arm64 | win32-x64 | win32-arm64]
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ScriptError, fail, installOnce, isMain, node24, npmInstall, root, run, sizeOf } from './cache.mjs';
import { prepareDependencies } from './prepare.mjs';

const targets = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
const vsceVersion = '4.1.0';

/** Taken from the repository's root as they are, where they exist. */
const copied = ['README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'l10n', 'package.nls.json'];

/** The README's pictures, which VS Code does not show of an installed extension. */
const pictures = 'media/readme/';

/** Parts of the manifest that are about this repository and not about the extension. */
const repositoryOnly = ['private', 'scripts', 'bin', 'devDependencies', 'optionalDependencies'];

/** The one native package of the backend, and what it imports; all else is bundled into dist/. */
const native = 'onnxruntime-node';
const nativeImports = 'onnxruntime-common';

/**
 * On macOS the library is there twice, and the binding loads the one with the short name. On Windows DirectML is
 * loaded only for its own provider, which none of our engines uses.
 */
const unusedLibraries = /^(libonnxruntime\.\d+\.\d+.*\.dylib|DirectML\.dll)$/;

/** Makes the VSIX for a target (this machine's, unless given) in `.package/`. */
export async function makePackage({ target = `${process.platform}-${process.arch}` } = {}) {
  if (!targets.includes(target)) {
    throw new ScriptError(`There is no VSIX for '${target}'. Give one of: ${targets.join(', ')}.`);
  }
  await prepareDependencies();
  const staging = join(root, '.package', target);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });

  await run(process.execPath, [
    join(root, 'scripts', 'build.mjs'),
    '--minify',
    '--out',
    join(staging, 'dist'),
  ]);
  await rm(join(staging, 'dist', 'test'), { recursive: true, force: true });
  for (const name of copied) {
    const from = join(root, name);
    if (await exists(from)) await cp(from, join(staging, name), { recursive: true });
  }
  await rm(join(staging, pictures), { recursive: true });
  const readme = await readFile(join(staging, 'README.md'), 'utf8');
  const paragraphs = readme.split('\n\n').filter((paragraph) => !paragraph.includes(pictures));
  await writeFile(join(staging, 'README.md'), paragraphs.join('\n\n'));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const hasNative = await copyNative(target, join(staging, 'node_modules'));
  for (const key of repositoryOnly) delete manifest[key];
  if (!hasNative) delete manifest.dependencies;
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest, undefined, 2));

  const path = join(root, '.package', `${manifest.name}-${manifest.version}-${target}.vsix`);
  await packFolder(staging, target, path);
  const files = (await readdir(staging, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  return {
    path,
    hasNative,
    files: files.length,
    unpacked: await sizeOf(staging),
    size: (await stat(path)).size,
  };
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Copies onnxruntime-node with one platform's binaries; false where it has none for that platform. */
async function copyNative(target, modules) {
  const [platform, architecture] = target.split('-');
  const from = join(root, 'node_modules', native);
  const [napi] = await readdir(join(from, 'bin'));
  const binaries = join('bin', napi, platform, architecture);
  if (!(await exists(join(from, binaries)))) return false;

  await copyScripts(from, join(modules, native), ['dist']);
  await cp(join(from, binaries), join(modules, native, binaries), {
    recursive: true,
    filter: (path) => !unusedLibraries.test(basename(path)),
  });
  await copyScripts(join(root, 'node_modules', nativeImports), join(modules, nativeImports), ['dist/cjs']);

  // Its other dependencies serve its install script, which never runs here.
  const manifestPath = join(modules, native, 'package.json');
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
  manifest.dependencies = { [nativeImports]: manifest.dependencies[nativeImports] };
  delete manifest.scripts;
  await writeFile(manifestPath, JSON.stringify(manifest, undefined, 2));
  return true;
}

/** Copies a package's manifest and the JavaScript of some of its folders, without types and source maps. */
async function copyScripts(from, to, folders) {
  await mkdir(to, { recursive: true });
  await cp(join(from, 'package.json'), join(to, 'package.json'));
  for (const folder of folders) {
    const filter = (path) => !/\.(map|d\.[cm]?ts)$/.test(path);
    await cp(join(from, folder), join(to, folder), { recursive: true, filter });
  }
}

async function packFolder(staging, target, out) {
  const tool = await installOnce('vsce', `@vscode/vsce ${vsceVersion}`, async (into) => {
    await writeFile(join(into, 'package.json'), '{ "private": true }');
    // `--force`: it asks for a newer Node than the one that may run npm here.
    await npmInstall(['install', '--omit=optional', '--force', `@vscode/vsce@${vsceVersion}`], into);
  });
  const vsce = join(tool, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = [
    '--target',
    target,
    '--out',
    out,
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
  ];
  await run(await node24(), [vsce, 'package', ...options], { cwd: staging });
}

async function main() {
  const { values } = parseArgs({ options: { target: { type: 'string' } } });
  const started = Date.now();
  const made = await makePackage(values);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(`${made.path}`);
  console.log(`${made.files} files, ${megabytes(made.unpacked)}, packed ${megabytes(made.size)}`);
  if (!made.hasNative)
    console.log(`${native} has no binary for this target: models run on the slower wasm engine.`);
  console.log(`in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

if (isMain(import.meta.url)) main().catch(fail);
