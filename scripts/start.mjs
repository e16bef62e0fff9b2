// `npm start`: prepares the tree, shows the top neurons of the sample story in the terminal, and opens VS Code with
// the extension on a copy of the sample workspace: the desktop's `code`, or else a server from npm in the browser.
// Works right after `git clone`: only node: builtins are imported.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ScriptError, cacheFolder, fail, root } from './cache.mjs';
import { onPath } from './chromium.mjs';
import { prepare } from './prepare.mjs';
import { startServer } from './vscode-server.mjs';

const usage = `npm start -- [options]
  --model PATH  open this checkpoint: a folder or a file (default: those of media/models/)
  --browser     VS Code in the browser, even where the desktop's is installed
  --port N      port of VS Code in the browser (default: a free one)
  --no-open     only print the address
  --help        print this
`;

const samples = join(root, 'media', 'samples');
const recipes = join(root, 'media', 'recipes');
const bundledModels = join(root, 'media', 'models');
/**
 * The copy of the samples for these models: each start has the settings that it was asked for. Kept between starts, so
 * that runs made there and the window's layout stay.
 */
async function workspaceOf(given, [model]) {
  const workspaces = join(cacheFolder, 'start', 'workspaces');
  if (given === undefined) return join(workspaces, 'samples');
  const hash = createHash('sha256').update(await realpath(model));
  return join(workspaces, `${basename(model)}-${hash.digest('hex').slice(0, 8)}`);
}

function readOptions() {
  const flag = { type: 'boolean', default: false };
  try {
    const { values } = parseArgs({
      options: {
        model: { type: 'string' },
        port: { type: 'string' },
        browser: flag,
        'no-open': flag,
        help: flag,
      },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
      throw new Error(`--port takes a number from 1 to 65535, not '${values.port}'.`);
    }
    return { ...values, port };
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The checkpoints to open: the given one, or the bundled ones, with that of stories first. */
async function findModels(given) {
  if (given === undefined) {
    const names = await readdir(bundledModels);
    return names
      .filter((name) => name !== 'probes')
      .sort((a, b) => Number(b === 'stories') - Number(a === 'stories'))
      .map((name) => join(bundledModels, name));
  }
  // npm runs scripts in the package's folder and names the one where the person is.
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (await exists(path)) return [path];
  const bundled = join(bundledModels, given);
  if (await exists(bundled)) return [bundled];
  throw new ScriptError(`--model: there is no checkpoint at ${path}. Give a checkpoint folder or file.`);
}

/** The text that the window opens. */
function storyOf(workspace) {
  return join(workspace, 'story.txt');
}

/** Copies what is new of the samples and recipes, and makes VS Code open these models there. */
async function prepareWorkspace(workspace, models) {
  await mkdir(join(workspace, '.vscode'), { recursive: true });
  for (const folder of [samples, recipes]) await cp(folder, workspace, { recursive: true, force: false });
  const path = join(workspace, '.vscode', 'settings.json');
  // Stories have long lines.
  const settings = { 'editor.wordWrap': 'on', 'subtext.model': models };
  // What is there is the person's by now.
  await writeFile(path, `${JSON.stringify(settings, undefined, 2)}\n`, { flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Prints the neurons that a text drives most, by the command line of the backend; ends where the model is no good. */
async function showNeurons(model, file) {
  if ((await readFile(file, 'utf8')).trim() === '')
    return console.log(`${file} is empty: no neurons to list.`);
  console.log(`\nTop neurons of ${basename(file)} in ${basename(model)}:\n`);
  const args = [join(root, 'dist', 'cli.js'), 'neurons', '--model', model, '--file', file, '--top', '8'];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const code = await new Promise((settle) => child.on('close', settle));
  // The command has said in its own words what is wrong.
  if (code !== 0) process.exit(1);
  console.log();
}

function checkPort(port) {
  return new Promise((settle, reject) => {
    const probe = createServer();
    probe.on('error', () => reject(new ScriptError(`Port ${port} is taken. Give another one with --port.`)));
    probe.listen(port, '127.0.0.1', () => probe.close(settle));
  });
}

/** The desktop's VS Code, where there is one that can show a window here. */
async function desktopProgram() {
  // Inside a remote window `code` only talks to that window, which takes no extension under development.
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return hasDisplay ? onPath(process.platform === 'win32' ? ['code.cmd'] : ['code']) : undefined;
}

async function openDesktop(program, workspace) {
  const args = [
    '--new-window',
    '--disable-workspace-trust',
    `--extensionDevelopmentPath=${root}`,
    workspace,
    storyOf(workspace),
  ];
  const windows = process.platform === 'win32';
  const quoted = windows ? args.map((argument) => `"${argument}"`) : args;
  const child = spawn(windows ? `"${program}"` : program, quoted, { stdio: 'inherit', shell: windows });
  const code = await new Promise((settle, reject) => child.on('close', settle).on('error', reject));
  if (code !== 0) throw new ScriptError(`${program} ended with ${code}. Try npm start -- --browser`);
  console.log(`Opened VS Code with the extension on ${workspace}.`);
}

/** Opens an address in the person's browser; where none can be opened, the printed address is enough. */
async function openBrowser(address) {
  const [program, ...args] = { darwin: ['open'], win32: ['rundll32', 'url.dll,FileProtocolHandler'] }[
    process.platform
  ] ?? ['xdg-open'];
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  if (process.platform === 'linux' && !(await onPath([program]))) return;
  spawn(program, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

async function serve({ port, open, workspace }) {
  const server = await startServer({ port, dataFolder: join(cacheFolder, 'start', 'server') });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

  const address = server.address({ folder: workspace, extension: root, file: storyOf(workspace) });
  console.log(`VS Code with the extension is at\n\n  ${address}\n\nCtrl-C ends it.`);
  if (open) await openBrowser(address);
  await server.exited;
  if (!stopping) throw new ScriptError(`The VS Code server ended by itself. Its log:\n${server.log()}`);
}

async function main() {
  const options = readOptions();
  if (options.help) return process.stdout.write(usage);
  const models = await findModels(options.model);
  if (options.port !== undefined) await checkPort(options.port);
  await prepare();
  const workspace = await workspaceOf(options.model, models);
  const opened = storyOf(workspace);
  await showNeurons(models[0], (await exists(opened)) ? opened : storyOf(samples));
  // Only now: a start that fails leaves no workspace behind.
  await prepareWorkspace(workspace, models);
  const desktop =
    options.browser || options.port !== undefined || options['no-open'] ? undefined : await desktopProgram();
  if (desktop) await openDesktop(desktop, workspace);
  else await serve({ port: options.port, open: !options['no-open'], workspace });
}

main().catch(fail);
