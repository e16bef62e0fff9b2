// `npm test`: everything that must hold, stage by stage, or only the stages that are named.
//   node scripts/test.mjs [lint] [types] [unit] [backend] [parity] [cli] [webview] [vscode] [desktop]
// Ends with the counts of all tests, the reason for each that was skipped, and 1 as exit code where one failed.
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, fail, isMain, root, ScriptError } from './cache.mjs';
import { findChromium } from './chromium.mjs';
import { prepare } from './prepare.mjs';

/** The zones of the code: each has its own types, so that a page cannot use Node, nor the backend a page. */
const zones = ['src', 'src/protocol', 'src/host', 'src/backend', 'src/cli', 'webview', 'test', 'bench'];

/** A test of a server or a browser that hangs ends as a failure, not as a silent CI. Milliseconds. */
const TEST_TIMEOUT = 1_200_000;

const stages = {
  lint: async () => [
    await check('eslint', ['--max-warnings=0', '.']),
    await check('prettier', ['--check', '--log-level=warn', '.']),
  ],
  types: async () => {
    const results = [];
    for (const zone of zones) results.push(await check('typescript/bin/tsc', ['-p', zone]));
    return results;
  },
  unit: () => nodeTests('unit', 2),
  backend: () => nodeTests('backend', 1),
  parity: () => nodeTests('parity', 2),
  cli: () => nodeTests('cli', 1),
  webview: async () => {
    await findChromium();
    return nodeTests('webview', 1);
  },
  vscode: async () => {
    await findChromium();
    return withSecondAttempt(await nodeTests('vscode', 1));
  },
  desktop: () => nodeScript(['--import', 'tsx', join(root, 'test/desktop/run.ts')], 'desktop tests'),
};

/** Run when none is named: all but the one that needs a desktop. */
const usual = Object.keys(stages).filter((name) => name !== 'desktop');

/** Stages that run side by side, before all others: each keeps one core busy, and says by itself what is wrong where. */
const together = ['lint', 'types'];

/** One program of a package in node_modules, counted as one test. */
function check(program, args) {
  const path = program.includes('/')
    ? program
    : `${program}/bin/${program}${program === 'eslint' ? '.js' : '.cjs'}`;
  return nodeScript([join(root, 'node_modules', path), ...args], `${program.split('/')[0]} ${args.at(-1)}`);
}

async function nodeScript(args, name) {
  const code = await spawnNode(args);
  return code === 0 ? { passed: 1, failed: [], skipped: [] } : { passed: 0, failed: [name], skipped: [] };
}

/** Runs the test files of a folder under Node's test runner, and reads what our reporter counted. */
async function nodeTests(folder, concurrency) {
  const files = (await readdir(join(root, 'test', folder)))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
  if (files.length === 0) throw new ScriptError(`test/${folder} holds no tests.`);
  return testFiles(
    folder,
    concurrency,
    files.map((name) => join(root, 'test', folder, name)),
  );
}

/**
 * Runs the files that failed once more: a whole VS Code in a browser on a busy machine now and then loses a click.
 * What passes only then is named in the summary, so that nobody takes it for sound.
 */
async function withSecondAttempt(first) {
  if (first.failedFiles.length === 0) return first;
  process.stdout.write(`\n── once more: ${first.failedFiles.map((file) => basename(file)).join(', ')}\n`);
  const second = await testFiles('vscode', 1, first.failedFiles);
  const passedNow = first.failed.filter((name) => !second.failed.includes(name));
  return {
    passed: first.passed + passedNow.length,
    failed: [...new Set([...second.failed, ...first.failed.filter((name) => !passedNow.includes(name))])],
    skipped: first.skipped,
    unsteady: passedNow,
  };
}

async function testFiles(folder, concurrency, files) {
  await mkdir(cacheFolder, { recursive: true });
  const summary = join(cacheFolder, `summary-${folder}-${process.pid}.json`);
  const code = await spawnNode([
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${TEST_TIMEOUT}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'scripts/test-reporter.mjs')}`,
    `--test-reporter-destination=${summary}`,
    ...files,
  ]);
  const counts = await readFile(summary, 'utf8').then(JSON.parse, () => ({
    passed: 0,
    failed: [],
    skipped: [],
    failedFiles: [],
  }));
  await rm(summary, { force: true });
  if (code !== 0 && counts.failed.length === 0) counts.failed.push(`the ${folder} tests ended with ${code}`);
  return counts;
}

function spawnNode(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

async function stage(name) {
  const started = Date.now();
  process.stdout.write(`\n── ${name}\n`);
  const results = await stages[name]();
  process.stdout.write(`── ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
  return results;
}

async function main(named) {
  const unknown = named.filter((name) => !(name in stages));
  if (unknown.length > 0) {
    throw new ScriptError(
      `There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(stages).join(', ')}.`,
    );
  }
  await prepare();
  const all = [];
  const wanted = named.length > 0 ? named : usual;
  const first = wanted.filter((name) => together.includes(name));
  const rest = wanted.filter((name) => !together.includes(name));
  for (const group of [first, ...rest.map((name) => [name])]) {
    all.push(...(await Promise.all(group.map(stage))).flat());
  }
  const failed = all.flatMap((each) => each.failed);
  const skipped = all.flatMap((each) => each.skipped);
  const passed = all.reduce((sum, each) => sum + each.passed, 0);
  for (const line of all.flatMap((each) => each.unsteady ?? []))
    process.stdout.write(`passed at the second attempt only: ${line}\n`);
  for (const line of skipped) process.stdout.write(`skipped: ${line}\n`);
  for (const line of failed) process.stdout.write(`failed: ${line}\n`);
  process.stdout.write(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped\n`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(fail);
