// Every command that the README shows in a terminal does what it is there for; training takes fewer steps.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { buildCommand } from '../support/commandLine';

const root = join(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
const lines = blocks.flatMap((block) => block.split('\n').map((line) => line.replace(/\s+#.*$/, '')));
const commands = lines.filter((line) => line !== '');

/** The repository as a person has it, and a place for what the commands make. */
const folder = mkdtempSync(join(tmpdir(), 'subtext-readme-'));
before(async () => {
  await buildCommand();
  for (const name of ['dist', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, 'media'), join(folder, 'media'), { recursive: true });
  shorten(join(folder, 'media/recipes/cfg3b.subtext.json'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Minutes of training show no more of a command than seconds. */
function shorten(path: string): void {
  const recipe = JSON.parse(readFileSync(path, 'utf8')) as { train: { steps: number } };
  writeFileSync(path, JSON.stringify({ ...recipe, train: { ...recipe.train, steps: 150 } }));
}

async function run(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(line.replace(/^node/, `"${process.execPath}"`), { cwd: folder, shell: true });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

describe('the README', () => {
  it('shows the two commands first', () => {
    assert.deepEqual(commands.slice(0, 2), ['npm start', 'npm test']);
  });

  // `npm start` has tests of its own, and `npm test` runs this one.
  for (const line of commands.slice(2)) {
    it(line, async () => {
      const { code, stdout, stderr } = await run(line);
      assert.equal(code, 0, stderr);
      assert.notEqual(stdout, '');
      if (!line.includes(' train ')) return;
      const { state } = JSON.parse(readFileSync(join(folder, 'runs/cfg/status.json'), 'utf8')) as {
        state: string;
      };
      assert.equal(state, 'finished');
    });
  }
});
