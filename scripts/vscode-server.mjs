// Starts the VS Code of vscode-install.mjs on a free port, for a browser to open.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScriptError, cacheFolder, isRunning, root, run } from './cache.mjs';
import { installServer, lowest, newest } from './vscode-install.mjs';

export { lowest, newest };

const repositoryLink = join(cacheFolder, 'extension');

/** Settings that keep VS Code quiet: nothing from the network, no welcome pages, no chat, no trust question. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * This repository under another path. A workbench takes over every theme that lies below the extension under
 * development, and below the repository lie the server's own.
 */
async function linkRepository() {
  await symlink(root, repositoryLink, 'junction').catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A folder for one run; those of runs that ended without cleaning up go first. */
async function temporaryFolder() {
  for (const name of await readdir(cacheFolder)) {
    const owner = /^run-(\d+)-/.exec(name)?.[1];
    if (owner && !isRunning(Number(owner)))
      await rm(join(cacheFolder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(cacheFolder, `run-${process.pid}-`));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function isAnswering(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
  return answer?.ok ?? false;
}

/**
 * Adds settings to those of the user, and to those of the machine, which stand above them: the window watches only
 * the second file, but some settings are read only from the first.
 */
async function writeSettings(dataFolder, changes, levels = ['User', 'Machine']) {
  for (const level of levels) {
    const folder = join(dataFolder, 'data', level);
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'settings.json');
    const settings = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
    await writeFile(path, JSON.stringify({ ...settings, ...changes }, undefined, 2));
  }
}

/**
 * Starts a server with data of its own and waits until it answers.
 * `settings` are user settings on top of `quietSettings`; `vsix` is installed before the start;
 * `dataFolder` is kept if given, else made and removed with the server.
 */
export async function startServer({
  version = lowest,
  port,
  settings = {},
  vsix,
  dataFolder,
  env = {},
} = {}) {
  const { node, main } = await installServer({ version });
  await linkRepository();
  const keep = dataFolder !== undefined;
  const data = dataFolder ?? (await temporaryFolder());
  const changeSettings = (changes) => writeSettings(data, changes);
  await writeSettings(data, { ...quietSettings, ...settings }, ['User']);
  const folders = ['--server-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  if (vsix) await run(node, [main, '--install-extension', vsix, ...folders]);

  const chosen = port ?? (await freePort());
  if (port !== undefined && (await isAnswering(port))) {
    throw new ScriptError(`Port ${port} is taken. Give another one with --port.`);
  }
  const token = randomBytes(12).toString('hex');
  const listen = ['--host', '127.0.0.1', '--port', String(chosen), '--connection-token', token];
  // A test that is killed cannot stop its server: that one ends by itself some minutes after its last window.
  const lifetime = keep ? [] : ['--enable-remote-auto-shutdown'];
  const child = spawn(node, [main, ...listen, '--accept-server-license-terms', ...lifetime, ...folders], {
    env: { ...withoutHostVariables(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  let log = '';
  child.stdout.on('data', (chunk) => (log += chunk));
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = new Promise((resolve) => child.on('close', resolve));
  child.on('error', (error) => (log += `${error.message}\n`));
  const unhook = endWithThisProcess(() => endGroup(child, 'SIGKILL'));

  const stop = async () => {
    endGroup(child, 'SIGTERM');
    const ended = await Promise.race([exited.then(() => true), sleep(3000, false, { ref: false })]);
    if (!ended) endGroup(child, 'SIGKILL');
    await exited;
    // The group may outlive its leader: extension hosts and what extensions started.
    endGroup(child, 'SIGKILL');
    unhook();
    if (!keep) await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const deadline = Date.now() + 30_000;
  while (!(await isAnswering(chosen))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      await stop();
      throw new ScriptError(`VS Code server ${version} did not start on port ${chosen}. Its log:\n${log}`);
    }
    await sleep(50);
  }
  return {
    version,
    port: chosen,
    dataFolder: data,
    changeSettings,
    /** What the server printed so far. */
    log: () => log,
    exited,
    stop,
    address: (options) => address(chosen, token, options),
  };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Ends the servers that run now, one each. */
const endings = new Set();

function endAll() {
  for (const end of endings) end();
}

function onSignal(signal) {
  // A caller with a handler of its own stops its servers itself.
  if (process.listenerCount(signal) > 1) return;
  endAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/** Calls `end` when this process ends, by itself or by a signal that nobody else handles; returns the way back. */
function endWithThisProcess(end) {
  if (endings.size === 0) {
    process.on('exit', endAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  endings.add(end);
  return () => {
    endings.delete(end);
    if (endings.size > 0) return;
    process.off('exit', endAll);
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/** Variables by which a VS Code terminal would make this server a part of the VS Code around it. */
function withoutHostVariables(environment) {
  const kept = Object.entries(environment).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  return Object.fromEntries(kept);
}

function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

/** The address of a workbench: a folder, an extension under development, its tests, a file to open. */
function address(port, token, { folder, extension, tests, file }) {
  const remote = (path) =>
    `vscode-remote://127.0.0.1:${port}${path.startsWith('/') ? '' : '/'}${path.replaceAll('\\', '/')}`;
  const payload = [['skipWelcome', 'true']];
  if (extension) {
    const path = extension === root ? repositoryLink : extension;
    payload.push(['extensionDevelopmentPath', remote(path)]);
  }
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  if (file) payload.push(['openFile', remote(file)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('tkn', token);
  if (folder) url.searchParams.set('folder', folder);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}
