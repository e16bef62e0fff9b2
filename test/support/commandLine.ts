// The built `subtext` command, run as a person or a script runs it.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '../..');
const COMMAND = join(ROOT, 'dist/cli.js');

export interface Finished {
  /** Exit code, or the name of the signal that ended it. */
  code: number | string;
  stdout: string;
  stderr: string;
}

/** Starts it; `ended` gives its exit code, `finished` all that came out too. */
export function startSubtext(given: readonly string[]): {
  child: ChildProcess;
  ended: Promise<number | string>;
  finished: Promise<Finished>;
} {
  const child = spawn(process.execPath, [COMMAND, ...given], { stdio: 'pipe' });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const finished = Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { child, ended, finished: finished.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
}

/** @param input what it reads on standard input */
export async function subtext(given: readonly string[], input = ''): Promise<Finished> {
  const { child, finished } = startSubtext(given);
  // A command that fails before it reads closes its end.
  child.stdin!.on('error', () => undefined);
  child.stdin!.end(input);
  return finished;
}

/** The text answer of a command that must succeed. */
export async function answer(...given: string[]): Promise<string> {
  const { code, stdout, stderr } = await subtext(given);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** The one JSON value that a command must print with --json; `what` lies in it by the caller's word. */
export async function json<What>(...given: string[]): Promise<What> {
  const stdout = await answer(...given, '--json');
  assert.equal(stdout.indexOf('\n'), stdout.length - 1, 'one line');
  return JSON.parse(stdout) as What;
}

/** Asserts that a command ends with this code, nothing on standard output and one line on standard error. */
export async function refuses(
  code: number,
  given: readonly string[],
  ...patterns: (string | RegExp)[]
): Promise<void> {
  const found = await subtext(given);
  const what = `subtext ${given.join(' ').slice(0, 200)}`;
  assert.equal(found.code, code, `${what}: ${found.stderr}`);
  assert.equal(found.stdout, '', what);
  assert.match(found.stderr, /^subtext: [^\n]+\.\n$/, what);
  for (const pattern of patterns) {
    const holds = typeof pattern === 'string' ? found.stderr.includes(pattern) : pattern.test(found.stderr);
    assert.ok(holds, `${what}: ${String(pattern)} is not in ${found.stderr}`);
  }
}

/** Builds the command where its sources are newer. */
export async function buildCommand(): Promise<void> {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => statSync(join(ROOT, 'src', name)).mtimeMs));
  const built = statSync(COMMAND, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built > newest) return;
  const build = spawn(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'inherit' });
  const code = await new Promise((resolve) => build.on('close', resolve));
  assert.equal(code, 0, 'the build failed');
}
