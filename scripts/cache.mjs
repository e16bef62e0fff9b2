// What scripts fetch once and keep in `.vscode-test/`: folders that are there whole or not at all, a lock so that
// two callers do not fetch the same thing at once, and child processes. Only node: builtins are imported here,
// because `npm start` runs this before the dependencies are installed.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Where servers, tools, screenshots and the data of test runs live; git ignores it. */
export const cacheFolder = join(root, '.vscode-test');

/** An error whose message is all that a person needs: printed without a stack. */
export class ScriptError extends Error {}

/** Whether the module of this address is the program that was started, and not only imported. */
export function isMain(address) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(address);
}

/** A script's ending: an expected error is one line and exit code 1, any other keeps its stack. */
export function fail(error) {
  process.stderr.write(`${error instanceof ScriptError ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}

/**
 * Runs a program to its end and returns what it printed; throws with the last lines of it where it fails.
 * With `show`, its output goes to the terminal instead.
 */
export function run(command, args, { cwd = root, show = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    // npm is a script on Windows, which only a shell starts there.
    const shell = process.platform === 'win32' && command === 'npm';
    const stdio = show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio, shell });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(new ScriptError(`Cannot run ${command}: ${error.message}.`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const tail = output.trim().split('\n').slice(-15).join('\n');
      reject(
        new ScriptError(`${command} ${args.join(' ')} ended with ${code ?? signal} in ${cwd}.\n${tail}`),
      );
    });
  });
}

/** `npm` with the options that make an install quick and quiet; no package runs a script of its own. */
export function npmInstall(args, cwd) {
  return run(
    'npm',
    [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    {
      cwd,
    },
  );
}

/** Whether a process of this number runs. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Does `work` while no other process does work under the same name; a lock whose owner is gone is taken over. */
export async function withLock(name, work) {
  const path = join(cacheFolder, `${name}.lock`);
  await mkdir(cacheFolder, { recursive: true });
  for (let told = false; ;) {
    const handle = await open(path, 'wx').catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (handle) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    }
    const owner = await readFile(path, 'utf8').catch(() => '');
    // An empty file is a lock being written just now, or left by a process that died at that moment.
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    const dead = owner === '' ? age > 5000 : !isRunning(Number(owner));
    if (dead) {
      await rm(path, { force: true });
      continue;
    }
    if (!told && owner !== '')
      process.stderr.write(`Waiting for process ${owner}, which prepares ${name} …\n`);
    told ||= owner !== '';
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function isComplete(folder, recipe) {
  const found = await readFile(join(folder, '.complete'), 'utf8').catch(() => undefined);
  return found === recipe;
}

/** Bytes in all files under a folder. */
export async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath ?? file.path, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * The folder `.vscode-test/<name>`, filled by `fill(folder)` unless a finished one made from the same `recipe`
 * (any text that changes when the content must) is there. An interrupted fill leaves only a temporary folder, which
 * the next call removes.
 */
export async function installOnce(name, recipe, fill) {
  const folder = join(cacheFolder, name);
  if (await isComplete(folder, recipe)) return folder;
  return withLock(name, async () => {
    if (await isComplete(folder, recipe)) return folder;
    const started = Date.now();
    process.stderr.write(`Installing ${name} into .vscode-test/ …\n`);
    for (const left of await readdir(cacheFolder)) {
      if (left.startsWith(`${name}.partial-`))
        await rm(join(cacheFolder, left), { recursive: true, force: true });
    }
    const partial = join(cacheFolder, `${name}.partial-${process.pid}`);
    await mkdir(partial, { recursive: true });
    await fill(partial);
    await writeFile(join(partial, '.complete'), recipe);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    process.stderr.write(
      `Installed ${name}: ${((await sizeOf(folder)) / 1e6).toFixed(0)} MB in ${seconds} s.\n`,
    );
    return folder;
  });
}

/** A Node of at least version 24: the running one, or the executable from npm where that one is too old. */
export async function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  // The package `node` fetches one of these by an install script; asking for it directly needs no script.
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${process.arch}`;
  const folder = await installOnce('node-24', `${name}@24.21.0`, async (into) => {
    await writeFile(join(into, 'package.json'), '{ "private": true }');
    await npmInstall(['install', `${name}@24.21.0`], into);
    // Headers and manuals are two thirds of its files.
    for (const part of ['include', 'share'])
      await rm(join(into, 'node_modules', name, part), { recursive: true, force: true });
  });
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
