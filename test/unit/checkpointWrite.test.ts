// What writing a checkpoint does when it cannot: the earlier one stays whole, and somebody is told why.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import {
  CHECKPOINT_FILES,
  writeCheckpoint,
  type CheckpointContents,
} from '../../src/backend/checkpoint/writeCheckpoint';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { replaceFolder } from '../../src/backend/replace';
import { bits, DRAWN_CONFIGURATIONS, draws } from '../support/drawnConfigurations';
import { randomWeights } from '../support/randomModel';
import { fails, temporaryFolder } from './checkpointFiles';

describe('writing a checkpoint', () => {
  const configuration = DRAWN_CONFIGURATIONS.gpt2(draws(2));
  const weights = randomWeights(configuration, 1);

  /** A folder with a checkpoint in it. */
  async function written(): Promise<string> {
    const folder = join(temporaryFolder(), 'model');
    await writeCheckpoint(folder, { configuration, weights });
    return folder;
  }

  /** Asserts that the folder holds what `written` wrote, and nothing lies beside it. */
  async function assertUnchanged(folder: string): Promise<void> {
    assert.deepEqual(bits((await openCheckpoint(folder)).weights), bits(weights));
    assert.deepEqual(readdirSync(dirname(folder)), ['model']);
  }

  it('leaves the earlier one whole where it fails half way, and nothing else', async () => {
    const folder = await written();
    const late = new Map([['late', { shape: [1], dtype: 'F32' as const, make: failing }]]);
    const broken = { configuration, weights: randomWeights(configuration, 2), trainState: { tensors: late } };
    await assert.rejects(writeCheckpoint(folder, broken as unknown as CheckpointContents), /half way/);
    await assertUnchanged(folder);
  });

  const noLimits = process.platform === 'win32' && 'this system has no ulimit';
  it('leaves the earlier one whole where the system takes no more bytes', { skip: noLimits }, async () => {
    const folder = await written();
    const command = 'ulimit -f 200 && exec "$0" --import tsx test/support/writeLarge.ts "$1"';
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, folder]);
    const { reason, line } = JSON.parse(stdout) as { reason: string; line: string };
    assert.equal(reason, 'file-access');
    assert.ok(
      line.startsWith(
        `${join(folder, CHECKPOINT_FILES.weights)} could not be written: the file would be larger than allowed; ` +
          'what was there is unchanged. Free some space',
      ),
      line,
    );
    await assertUnchanged(folder);
  });

  it('replaces the earlier one whole: no file of it is left', async () => {
    const folder = await written();
    await writeCheckpoint(folder, { configuration, weights, trainState: { tensors: new Map() } });
    assert.ok(existsSync(join(folder, CHECKPOINT_FILES.trainState)));
    await writeCheckpoint(folder, { configuration, weights });
    assert.deepEqual(readdirSync(folder).sort(), ['config.json', 'model.safetensors']);
    await assertUnchanged(folder);
  });

  it('goes over what a killed process left', async () => {
    const folder = await written();
    for (const left of ['subtext-tmp', 'subtext-old']) {
      mkdirSync(`${folder}.${left}`);
      writeFileSync(`${folder}.${left}/model.safetensors`, 'half');
    }
    await writeCheckpoint(folder, { configuration, weights });
    await assertUnchanged(folder);
  });

  it('keeps the earlier one of a process that was killed between its two renames, though the next fails', async () => {
    const folder = await written();
    renameSync(folder, `${folder}.subtext-old`);
    const broken = () => Promise.reject(new Error('no space'));
    await assert.rejects(replaceFolder(folder, Object.values(CHECKPOINT_FILES), broken), /no space/);
    await assertUnchanged(folder);
  });

  it('goes over what file browsers leave in a folder', async () => {
    const folder = await written();
    writeFileSync(join(folder, '.DS_Store'), '');
    await writeCheckpoint(folder, { configuration, weights });
    await assertUnchanged(folder);
  });

  it('refuses to replace a folder with other files in it', async () => {
    const folder = await written();
    writeFileSync(join(folder, 'thesis.tex'), 'text');
    await fails(
      writeCheckpoint(folder, { configuration, weights }),
      'file-access',
      'holds thesis.tex, and is not replaced',
    );
    assert.equal(readFileSync(join(folder, 'thesis.tex'), 'utf8'), 'text');
  });

  it('refuses a file in its place, and a place that cannot be', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'text');
    for (const place of ['file', 'file/model']) {
      await fails(
        writeCheckpoint(join(folder, place), { configuration, weights }),
        'file-access',
        'could not be written',
      );
    }
    assert.deepEqual(readdirSync(folder), ['file']);
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'text');
  });

  it('refuses numbers that float16 would turn into infinity, and names the tensor', async () => {
    const folder = await written();
    const large = new Map(weights);
    const { shape, data } = large.get('ln_final.b')!;
    large.set('ln_final.b', { shape, data: data.map(() => -65520) });
    await fails(
      writeCheckpoint(folder, { configuration, weights: large, dtype: 'float16' }),
      'not-a-number',
      'transformer.ln_f.bias holds -65520',
    );
    await assertUnchanged(folder);
  });

  it('refuses weights that are not those of the configuration', async () => {
    const folder = await written();
    const fewer = new Map(weights);
    fewer.delete('blocks.0.attn.W_Q');
    await fails(
      writeCheckpoint(folder, { configuration, weights: fewer }),
      'checkpoint-tensors',
      'missing: blocks.0.attn.W_Q',
    );
    await assertUnchanged(folder);
  });

  it('refuses a configuration that no checkpoint can have, with the value', async () => {
    const folder = await written();
    for (const [changes, problem] of [
      [{ n_ctx: 2 ** 25 }, 'n_ctx is 33554432'],
      [{ norm_epsilon: NaN }, 'norm_epsilon is missing'],
      [{ windows: [] }, 'windows is not a list'],
    ] as const) {
      const impossible = { ...configuration, ...changes } as TransformerConfiguration;
      await fails(
        writeCheckpoint(folder, { configuration: impossible, weights }),
        'checkpoint-format',
        problem,
      );
    }
    await assertUnchanged(folder);
  });
});

function failing(): never {
  throw new Error('half way');
}
