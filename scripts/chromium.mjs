// Finds the Chromium in which the tests open VS Code; on Debian, where it may, it installs one.
//   node scripts/chromium.mjs    prints its path
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ScriptError, fail, isMain, run, withLock } from './cache.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge',
];

/** Where browsers live that do not put themselves on PATH. */
function knownPlaces() {
  if (process.platform === 'darwin') {
    const applications = ['Chromium', 'Google Chrome', 'Microsoft Edge'];
    return applications.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform !== 'win32') return [];
  const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
  const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
  return roots.filter(Boolean).flatMap((folder) => programs.map((program) => join(folder, program)));
}

async function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Path of the first of these programs on PATH, or undefined. */
export async function onPath(programs) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const program of programs) {
    for (const folder of folders) {
      if (await isExecutable(join(folder, program))) return join(folder, program);
    }
  }
  return undefined;
}

async function find() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await isExecutable(named)) return named;
    throw new ScriptError(`CHROMIUM_PATH names ${named}, which is not an executable file.`);
  }
  const found = await onPath(names);
  if (found) return found;
  for (const place of knownPlaces()) if (await isExecutable(place)) return place;
  return undefined;
}

/** Path of a Chromium (or Chrome, or Edge); installs Debian's package where none is found and this user may. */
export async function findChromium() {
  const found = await find();
  if (found) return found;
  const apt = await onPath(['apt-get']);
  if (!apt || process.getuid?.() !== 0) {
    const how = apt ? 'Install it with: sudo apt-get install chromium' : 'Install Chromium or Chrome';
    throw new ScriptError(`The tests need a Chromium and found none. ${how}, or set CHROMIUM_PATH to one.`);
  }
  return withLock('chromium', async () => {
    if (await find()) return find();
    const started = Date.now();
    process.stderr.write('Installing chromium with apt-get …\n');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(apt, ['update', '-qq'], { env });
    await run(apt, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
    process.stderr.write(`Installed chromium in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
    const path = await find();
    if (!path) throw new ScriptError('apt-get installed chromium, but there is no such program on PATH.');
    return path;
  });
}

if (isMain(import.meta.url)) findChromium().then((path) => console.log(path), fail);
