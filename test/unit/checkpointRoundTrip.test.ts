// Checkpoint folders that Subtext writes: for each family, random configurations come back the same, to the bit.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { readSafetensors } from '../../src/backend/checkpoint/safetensors';
import { CHECKPOINT_FILES, writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import { roundToHalf } from '../../src/backend/halfPrecision';
import { CONFIGURATIONS } from '../support/configurations';
import { bits, DRAWN_CONFIGURATIONS, draws } from '../support/drawnConfigurations';
import { configurationWith, randomWeights } from '../support/randomModel';
import { fails, parityFolder, rawTensors, readJson, temporaryFolder } from './checkpointFiles';

describe('a checkpoint folder that Subtext wrote', () => {
  for (const [name, configurationOf] of Object.entries(DRAWN_CONFIGURATIONS)) {
    it(`${name}: random configurations and weights come back the same`, async () => {
      const folder = join(temporaryFolder(), 'model');
      for (let seed = 1; seed <= 5; seed++) {
        const configuration = configurationOf(draws(seed));
        const weights = randomWeights(configuration, seed);
        await writeCheckpoint(folder, { configuration, weights });
        const found = await openCheckpoint(folder);
        assert.equal(found.architecture, name, JSON.stringify(configuration));
        assert.deepEqual(found.configuration, configuration);
        assert.deepEqual(bits(found.weights), bits(weights));
        assert.deepEqual(found.notes, ['no tokenizer beside the weights']);
      }
    });
  }

  it('holds the bytes that transformers itself wrote', async () => {
    const dtypes = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;
    for (const name of readdirSync(parityFolder)) {
      const folder = join(parityFolder, name);
      const shards = readdirSync(folder).filter((file) => /^model.*\.safetensors$/.test(file));
      const theirs = shards.flatMap((file) => [...rawTensors(join(folder, file))]);
      const dtype = dtypes[theirs[0][1].dtype as keyof typeof dtypes];
      const { configuration, weights } = await openCheckpoint(folder);
      const written = join(temporaryFolder(), 'model');
      await writeCheckpoint(written, { configuration, weights, dtype });
      const ours = rawTensors(join(written, CHECKPOINT_FILES.weights));
      assert.deepEqual(new Map([...ours].sort()), new Map(theirs.sort()), name);
    }
  });

  it('comes back the same for every kind of model, whatever its family is', async () => {
    const folder = join(temporaryFolder(), 'model');
    for (const [name, changes] of Object.entries(CONFIGURATIONS)) {
      const configuration = configurationWith(changes);
      const weights = randomWeights(configuration, 5);
      await writeCheckpoint(folder, { configuration, weights });
      const found = await openCheckpoint(folder);
      assert.deepEqual(found.configuration, configuration, name);
      assert.deepEqual(bits(found.weights), bits(weights), name);
    }
  });

  it('says in config.json what transformers asks for', async () => {
    const folder = join(temporaryFolder(), 'model');
    const configuration = DRAWN_CONFIGURATIONS.gpt_neo(draws(1));
    const weights = randomWeights(configuration, 1);
    await writeCheckpoint(folder, { configuration, weights });
    const { architectures, torch_dtype, bos_token_id, eos_token_id, ...rest } = readJson(
      join(folder, 'config.json'),
    );
    assert.deepEqual([architectures, torch_dtype], [['GPTNeoForCausalLM'], 'float32']);
    // Of a model without such tokens transformers would otherwise take those of GPT-Neo.
    assert.deepEqual([bos_token_id, eos_token_id], [null, null]);
    assert.ok(!('initializer_range' in rest));
    await writeCheckpoint(folder, {
      configuration,
      weights,
      dtype: 'bfloat16',
      beginOfText: 1,
      endOfText: 0,
      initializerRange: 0.05,
    });
    const values = readJson(join(folder, 'config.json'));
    assert.equal(values.torch_dtype, 'bfloat16');
    assert.deepEqual([values.bos_token_id, values.eos_token_id], [1, 0]);
    assert.equal(values.initializer_range, 0.05);
  });

  it('keeps half of the bytes in float16 and bfloat16, rounded to the nearest', async () => {
    const folder = join(temporaryFolder(), 'model');
    const configuration = DRAWN_CONFIGURATIONS.gpt_neox(draws(3));
    const weights = randomWeights(configuration, 1);
    for (const dtype of ['float16', 'bfloat16'] as const) {
      await writeCheckpoint(folder, { configuration, weights, dtype });
      const found = await openCheckpoint(folder);
      assert.deepEqual(
        new Set(found.tensors.map((tensor) => tensor.dtype)),
        new Set([dtype === 'float16' ? 'F16' : 'BF16']),
      );
      for (const [name, { data }] of weights) {
        const rounded = Float32Array.from(data, (value) => roundToHalf(dtype, value));
        assert.deepEqual(found.weights.get(name)!.data, rounded, name);
      }
    }
  });

  it('goes on training from its state, numbers and words as they were', async () => {
    const folder = join(temporaryFolder(), 'model');
    const configuration = DRAWN_CONFIGURATIONS.gpt2(draws(2));
    const tensors = new Map([
      ['embed.W_E.exp_avg', { shape: [2, 2], data: Float32Array.of(1e-45, -0, NaN, 3) }],
      ['data.position', { shape: [1], data: Int32Array.of(2 ** 31 - 1) }],
      ['step', { shape: [], data: BigInt64Array.of(2n ** 53n + 1n) }],
      ['none', { shape: [0, 3], data: new Float32Array(0) }],
    ]);
    const metadata = { random: '[1,2,3]', recipe: '{"a": "é"}' };
    await writeCheckpoint(folder, {
      configuration,
      weights: randomWeights(configuration, 1),
      trainState: { tensors, metadata },
    });
    const found = await readSafetensors(join(folder, CHECKPOINT_FILES.trainState));
    assert.deepEqual(new Map([...found.tensors].sort()), new Map([...tensors].sort()));
    assert.deepEqual(Object.fromEntries(found.metadata), metadata);
    assert.equal((await openCheckpoint(folder)).architecture, 'gpt2');
  });

  it('carries its tokenizer, with the tokens that begin and end a text', async () => {
    const folder = join(temporaryFolder(), 'model');
    const tokenizerJson = readFileSync('test/fixtures/tokenizers/byte-level-bpe/tokenizer.json', 'utf8');
    const configuration = { ...DRAWN_CONFIGURATIONS.gpt2(draws(2)), d_vocab: 512 };
    const weights = randomWeights(configuration, 1);
    await writeCheckpoint(folder, { configuration, weights, tokenizerJson, beginOfText: 40, endOfText: 426 });
    const { tokenizer } = await openCheckpoint(folder);
    assert.equal(tokenizer!.endOfText, 426);
    assert.equal(readFileSync(join(folder, CHECKPOINT_FILES.tokenizer), 'utf8'), tokenizerJson);
    const { added_tokens: added, model } = JSON.parse(tokenizerJson) as {
      added_tokens: { id: number; content: string }[];
      model: { vocab: Record<string, number> };
    };
    const { bos_token, eos_token } = readJson(join(folder, CHECKPOINT_FILES.tokenizerConfiguration));
    assert.equal(eos_token, added.find(({ id }) => id === 426)!.content);
    assert.equal(model.vocab[bos_token as string], 40);

    for (const [changes, problem] of [
      [{ endOfText: 9999 }, 'no token 9999'],
      [{ tokenizerJson: 'Once upon' }, 'no tokenizer.json'],
    ] as const) {
      const contents = { configuration, weights, tokenizerJson, ...changes };
      await fails(writeCheckpoint(folder, contents), 'tokenizer', problem);
    }
  });

  it('leaves out what else the engine holds beside the weights', async () => {
    const folder = join(temporaryFolder(), 'model');
    const configuration = DRAWN_CONFIGURATIONS.gpt2(draws(2));
    const weights = randomWeights(configuration, 1);
    const held = new Map([...weights, ['packed.plain', { shape: [1], data: new Float32Array(1) }]]);
    await writeCheckpoint(folder, { configuration, weights: held });
    assert.deepEqual(bits((await openCheckpoint(folder)).weights), bits(weights));
  });
});
