// A real VS Code from npm: the server and web workbench inside the package `code-server` (MIT), installed into
// `.vscode-test/` and started on a free port.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ScriptError,
  cacheFolder,
  fail,
  installOnce,
  isMain,
  isRunning,
  node24,
  npmInstall,
  run,
} from './cache.mjs';

/**
 * The lowest VS Code that the extension supports (1.100.3) runs on Node 20 and takes an extension from its source
 * folder; the newest (1.139) needs Node 24 and an installed VSIX.
 */
export const lowest = '4.100.3';
export const newest = '4.139.1';

/** Parts of the server that neither the tests nor a look at the extension need; they are half of what it weighs. */
const unusedModules = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/sandbox-runtime',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'katex',
  'kerberos',
  'ssh2',
];
const unusedFiles = [
  '*.map',
  '*/vscode/extensions/copilot',
  '*/vscode/extensions/mermaid-markdown-features',
  '*/vscode/extensions/ms-vscode.*',
];
const ripgrep = '1.18.0';

/** Stands in for the native log writer, which would need a compiler: without one, output channels stay empty. */
const plainLogger = `// Written by scripts/vscode-server.mjs.
const fs = require('fs');
const path = require('path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
class Logger {
  constructor(_type, _name, file) { this.file = file; this.level = 0; this.plain = false; }
  write(level, message) {
    if (level < this.level) return;
    const stamp = this.plain ? '' : new Date().toISOString().replace('T', ' ').slice(0, 23) + ' [' + names[level] + '] ';
    fs.appendFileSync(this.file, stamp + message + (this.plain ? '' : '\\n'));
  }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.plain = true; }
  flush() {}
  drop() {}
}
async function create(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('plain', name, file);
}
// One by one: the server imports these by name, and Node finds a module's names only in this form.
exports.version = 1;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;

/** Installs one version of the server where it is missing; returns its entry file and the Node that runs it. */
export async function installServer({ version = lowest } = {}) {
  const recipe = `code-server ${version}, recipe 1`;
  const folder = await installOnce(`vscode-${version}`, recipe, async (into) => {
    await run('npm', ['pack', `code-server@${version}`, '--silent', '--prefer-offline'], { cwd: into });
    const archive = `code-server-${version}.tgz`;
    const excluded = unusedFiles.map((pattern) => `--exclude=${pattern}`);
    await run('tar', ['-xzf', archive, ...excluded, '--strip-components=2', 'package/lib/vscode'], {
      cwd: into,
    });
    await rm(join(into, archive));
    await installModules(join(into, 'vscode'));
  });
  const node = version === lowest ? process.execPath : await node24();
  return { version, node, main: join(folder, 'vscode', 'out', 'server-main.js') };
}

async function installModules(folder) {
  const manifestPath = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
  for (const name of unusedModules) delete manifest.dependencies[name];
  // The older package downloads its binary while it installs and the universal one holds all platforms' binaries;
  // this one has a package for each platform. File search and `workspace.findFiles` run on it.
  if ('@vscode/ripgrep' in manifest.dependencies) manifest.dependencies['@vscode/ripgrep'] = ripgrep;
  else manifest.dependencies['@vscode/ripgrep-universal'] = `npm:@vscode/ripgrep@${ripgrep}`;
  await writeFile(manifestPath, JSON.stringify(manifest, undefined, 2));
  // `--force`: the newest server asks for a newer Node than the one that runs npm.
  await npmInstall(['install', '--omit=dev', '--force'], folder);
  const modules = join(folder, 'node_modules');
  await writeFile(join(modules, '@vscode', 'spdlog', 'index.js'), plainLogger);
  for (const watchdog of ['native-watchdog', '@vscode/native-watchdog']) {
    // It ends the extension host after the server; `stop` ends the whole process group.
    const entry = join(modules, watchdog, 'index.js');
    if (await readFile(entry).catch(() => undefined)) await writeFile(entry, 'exports.start = () => {};\n');
  }
}

/** Settings that keep VS Code quiet: nothing from the network, no welcome pages, no chat, no trust question. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
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
  const child = spawn(node, [main, ...listen, '--accept-server-license-terms', ...folders], {
    env: { ...withoutHostVariables(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  let log = '';
  child.stdout.on('data', (chunk) => (log += chunk));
  child.stderr.on('data', (chunk) => (log += chunk));
  const exited = new Promise((resolve) => child.on('close', resolve));
  child.on('error', (error) => (log += `${error.message}\n`));
  // A script that ends on its own terms may not have called stop().
  const killNow = () => endGroup(child, 'SIGKILL');
  process.once('exit', killNow);

  const stop = async () => {
    endGroup(child, 'SIGTERM');
    const ended = await Promise.race([exited.then(() => true), sleep(3000, false, { ref: false })]);
    if (!ended) endGroup(child, 'SIGKILL');
    await exited;
    // The group may outlive its leader: extension hosts and what extensions started.
    endGroup(child, 'SIGKILL');
    process.off('exit', killNow);
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
  if (extension) payload.push(['extensionDevelopmentPath', remote(extension)]);
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  if (file) payload.push(['openFile', remote(file)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('tkn', token);
  if (folder) url.searchParams.set('folder', folder);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

if (isMain(import.meta.url)) {
  installServer({ version: process.argv[2] ?? lowest }).then(({ main }) => console.log(main), fail);
}
