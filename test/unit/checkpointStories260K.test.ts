// The real checkpoint of llama2.c that lies beside the repository, where it does.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { parameterCount, weightShapes } from '../../src/backend/model/weights';
import { fails, stories260K, temporaryFolder } from './checkpointFiles';

const absent = !existsSync(stories260K) && '../shared/data/stories260K is not there';
describe('stories260K', { skip: absent }, () => {
  it('opens with its tokenizer, from its folder and from its file', async () => {
    for (const path of [stories260K, join(stories260K, 'stories260K.bin')]) {
      const { configuration, weights, tokenizer, tensors } = await openCheckpoint(path);
      assert.equal(tokenizer?.vocabularySize, 512);
      assert.deepEqual(
        [configuration.n_layers, configuration.n_key_value_heads, configuration.d_mlp, configuration.tied],
        [5, 4, 172, true],
      );
      assert.equal(parameterCount(configuration), 260_032);
      assert.deepEqual(
        [...weights].map(([name, { shape }]) => [name, shape]).sort(),
        [...weightShapes(configuration)].sort(),
      );
      assert.deepEqual(tensors[2], { name: 'wq', dtype: 'F32', shape: [5, 64, 64] });
    }
  });

  it('holds the numbers of the file', async () => {
    const bytes = readFileSync(join(stories260K, 'stories260K.bin'));
    const number = (index: number) => bytes.readFloatLE(28 + 4 * index);
    const { weights } = await openCheckpoint(stories260K);
    const afterEmbedding = 512 * 64;
    const queries = afterEmbedding + 5 * 64;
    assert.equal(weights.get('embed.W_E')!.data[511 * 64 + 63], number(afterEmbedding - 1));
    assert.equal(
      weights.get('blocks.4.attn.W_Q')!.data[3 * 64 + 17],
      number(queries + 4 * 4096 + 17 * 64 + 3),
    );
    assert.equal(weights.get('ln_final.w')!.data[63], number(260_032 - 1));
  });

  it('is refused where only its tokenizer is named or left', async () => {
    const folder = temporaryFolder();
    const tokenizer = join(folder, 'tok512.bin');
    copyFileSync(join(stories260K, 'tok512.bin'), tokenizer);
    await fails(openCheckpoint(tokenizer), 'checkpoint-format', tokenizer, 'no llama2.c checkpoint');
    await fails(openCheckpoint(folder), 'checkpoint-format', folder, 'holds no checkpoint');
  });
});
