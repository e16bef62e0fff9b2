// Weights in several files with an index: files that are missing, and an index that lies.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { copyOf, fails, readJson, rewriteTensors } from './checkpointFiles';

describe('shards', () => {
  const fixture = 'gpt2-f16-sharded';
  const lost = 'transformer.h.1.ln_1.bias';

  function withMap(change: (map: Record<string, unknown>) => unknown) {
    const folder = copyOf(fixture);
    const index = join(folder, 'model.safetensors.index.json');
    const { weight_map: map } = readJson(index);
    writeFileSync(index, JSON.stringify({ weight_map: change({ ...(map as Record<string, unknown>) }) }));
    return { folder, index };
  }

  it('of which one is missing or cut are refused by its name', async () => {
    const folder = copyOf(fixture);
    const shard = join(folder, 'model-00002-of-00003.safetensors');
    const whole = readFileSync(shard);
    writeFileSync(shard, whole.subarray(0, whole.length - 1));
    await fails(openCheckpoint(folder), 'checkpoint-format', shard, 'cut short');
    rmSync(shard);
    await fails(openCheckpoint(folder), 'not-found', shard);
  });

  it('that lack a tensor of the index, or hold one that it puts elsewhere, are refused by both names', async () => {
    const folder = copyOf(fixture);
    const shard = join(folder, 'model-00002-of-00003.safetensors');
    rewriteTensors(shard, (tensors) => tensors.delete(lost));
    await fails(openCheckpoint(folder), 'checkpoint-tensors', shard, lost);
    const moved = withMap((map) => ({ ...map, [lost]: 'model-00001-of-00003.safetensors' }));
    await fails(openCheckpoint(moved.folder), 'checkpoint-tensors', 'model-00002-of-00003.safetensors', lost);
  });

  it('are not looked for outside their folder', async () => {
    for (const file of [
      '../x.safetensors',
      '/etc/passwd',
      'a\\b.safetensors',
      '',
      '.safetensors',
      7,
      null,
      {},
    ]) {
      const { folder, index } = withMap((map) => ({ ...map, [lost]: file }));
      await fails(openCheckpoint(folder), 'checkpoint-format', index, lost);
    }
  });

  it('are refused where the index is no index, or names too many', async () => {
    for (const map of [undefined, [], {}, 'model.safetensors']) {
      const { folder, index } = withMap(() => map);
      await fails(openCheckpoint(folder), 'checkpoint-format', index);
    }
    const many = Array.from({ length: 300 }, (_, i) => [`t${i}`, `model-${i}.safetensors`] as const);
    const { folder, index } = withMap(() => Object.fromEntries(many));
    await fails(openCheckpoint(folder), 'checkpoint-format', index, '300 files');
  });
});
