// Makes the working tree ready to run: dependencies as the lock file says, and a build of the present sources.
// Does nothing where nothing changed.
//   node scripts/prepare.mjs
import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, isMain, npmInstall, root, run, withLock } from './cache.mjs';

/** What the build reads. */
const sources = ['src', 'webview', 'test/vscode', 'scripts/build.mjs', 'package.json', 'package-lock.json'];
const stamp = join(root, 'dist', '.sources');

async function readJson(path) {
  return readFile(path, 'utf8').then(JSON.parse, () => undefined);
}

/** Whether every package of the lock file is installed in its version, as npm's own record in node_modules says. */
async function dependenciesAreCurrent() {
  const wanted = await readJson(join(root, 'package-lock.json'));
  const installed = await readJson(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    // The root has the empty path; optional packages of other platforms are rightly absent.
    if (path === '' || entry.link) return true;
    const found = installed.packages[path];
    return found
      ? found.version === entry.version
      : Boolean(entry.optional || entry.devOptional || entry.peer);
  });
}

/** Runs `npm ci` where node_modules is missing or differs from the lock file. */
export async function prepareDependencies() {
  if (await dependenciesAreCurrent()) return;
  await withLock('dependencies', async () => {
    if (await dependenciesAreCurrent()) return;
    const started = Date.now();
    process.stderr.write('Installing dependencies with npm ci …\n');
    await npmInstall(['ci'], root);
    process.stderr.write(`Installed dependencies in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
  });
}

/** A digest of the names, sizes and times of all source files. */
async function sourceDigest() {
  const lines = [];
  for (const source of sources) {
    const path = join(root, source);
    const info = await stat(path).catch(() => undefined);
    if (!info) continue;
    if (info.isFile()) {
      lines.push(`${source} ${info.size} ${info.mtimeMs}`);
      continue;
    }
    for (const name of (await readdir(path, { recursive: true })).sort()) {
      // Gone again between the listing and the look: an editor's temporary file.
      const file = await stat(join(path, name)).catch(() => undefined);
      if (file?.isFile()) lines.push(`${source}/${name} ${file.size} ${file.mtimeMs}`);
    }
  }
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

async function buildIsCurrent() {
  const built = await readFile(stamp, 'utf8').catch(() => undefined);
  return built !== undefined && built === (await sourceDigest());
}

/** Builds `dist/` where it is missing or older than the sources. */
export async function prepareBuild() {
  if (await buildIsCurrent()) return;
  await withLock('build', async () => {
    if (await buildIsCurrent()) return;
    const started = Date.now();
    // Taken before the build: what changes meanwhile is built the next time.
    const digest = await sourceDigest();
    await run(process.execPath, [join(root, 'scripts', 'build.mjs')]);
    await writeFile(stamp, digest);
    process.stderr.write(`Built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  });
}

/** Everything that `npm start` and the tests need before they begin. */
export async function prepare() {
  await prepareDependencies();
  await prepareBuild();
}

if (isMain(import.meta.url)) prepare().catch(fail);
