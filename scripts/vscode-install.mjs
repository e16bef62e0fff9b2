// Installs a real VS Code from npm into `.vscode-test/`: the server and web workbench inside the package `code-server`
// (MIT), without what neither the tests nor a look at the extension need.
//   node scripts/vscode-install.mjs [VERSION]    prints the path of its entry file
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, installOnce, isMain, node24, npmInstall, run } from './cache.mjs';

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

if (isMain(import.meta.url)) {
  installServer({ version: process.argv[2] ?? lowest }).then(({ main }) => console.log(main), fail);
}
