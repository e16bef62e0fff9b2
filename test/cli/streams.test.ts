// Standard input, pipes that close early, and Ctrl+C.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildCommand, json, startSubtext, subtext } from '../support/commandLine';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { writeRandomCheckpoint } from '../support/randomModel';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
/** Its context is long, so that it writes for minutes. */
const model = join(folder, 'endless');
const GENERATE = [
  'generate',
  '--model',
  model,
  '--prompt',
  'a',
  '--temperature',
  '0',
  '--max-tokens',
  '1000000',
];

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model, { context: 30000 });
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('standard input', () => {
  it('is read for --file -', async () => {
    const text = 'Tea – für zwei.\n';
    const { code, stdout } = await subtext(['tokens', '--model', model, '--file', '-', '--json'], text);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), await json('tokens', '--model', model, '--text', text));
  });

  it('is no text when it is empty or binary', async () => {
    for (const input of ['', 'a\0b']) {
      const { code, stdout, stderr } = await subtext(['neurons', '--model', model, '--file', '-'], input);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^subtext: [^\n]+\n$/);
    }
  });
});

describe('a pipe that closes early', () => {
  it('ends the command without a word, as after `| head -1`', async () => {
    const { child, ended, finished } = startSubtext(GENERATE);
    finished.catch(() => undefined); // What came out is not read to its end.
    let message = '';
    child.stderr!.on('data', (data: Buffer) => (message += data.toString()));
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    assert.deepEqual([await ended, message], [0, '']);
  });
});

describe('Ctrl+C', () => {
  for (const engine of TESTED_ENGINES) {
    it(`ends with 130 at once, on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const { child, finished } = startSubtext([...GENERATE, '--engine', engine]);
      await once(child.stdout!, 'data');
      child.kill('SIGINT');
      // Long before the text is done, and the death by it is not 130.
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const { code, stderr } = await finished;
      clearTimeout(late);
      assert.equal(code, 130);
      assert.doesNotMatch(stderr, /Error|at /);
    });
  }
});
