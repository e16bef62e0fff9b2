// Our own family: config.json holds our configuration, and is read as strictly as any other file.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mapConfiguration } from '../../src/backend/checkpoint/families';
import { openCheckpoint, readCheckpointHeader } from '../../src/backend/checkpoint/open';
import { writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import { configurationWith, randomWeights } from '../support/randomModel';
import { changeConfig, CONFIG_PATH, fails, readJson, temporaryFolder } from './checkpointFiles';

/** With every part that can be there. */
const configuration = configurationWith({
  position: 'rotary',
  rotary: {
    base: 100,
    dimensions: 4,
    pairing: 'interleaved',
    scaling: { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 32 },
  },
  d_mlp: 12,
  experts: { num_experts: 3, experts_per_token: 2, normalize: false },
  windows: [null, 4],
});

async function written(): Promise<string> {
  const folder = join(temporaryFolder(), 'model');
  await writeCheckpoint(folder, { configuration, weights: randomWeights(configuration, 1) });
  return folder;
}

/** Asserts that a config.json with `value` in place of what `path` names is refused. */
function refuses(path: string, value: unknown, ...patterns: string[]): Promise<void> {
  const configurationValue = JSON.parse(JSON.stringify(configuration)) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce((object, key) => object[key] as Record<string, unknown>, configurationValue);
  if (value === undefined) Reflect.deleteProperty(owner, last);
  else owner[last] = value;
  const values = { model_type: 'subtext', configuration: configurationValue };
  const work = Promise.resolve().then(() => mapConfiguration(CONFIG_PATH, values));
  return fails(work, 'checkpoint-format', CONFIG_PATH, ...patterns);
}

describe('a checkpoint of our own family', () => {
  it('keeps our configuration and our names as they are', async () => {
    const folder = await written();
    const values = readJson(join(folder, 'config.json'));
    assert.equal(values.model_type, 'subtext');
    assert.ok(!('architectures' in values), 'no class of transformers opens it');
    assert.deepEqual(values.configuration, configuration);
    const { architecture, tensors } = await readCheckpointHeader(folder);
    assert.equal(architecture, 'subtext');
    assert.deepEqual(tensors.find(({ name }) => name === 'blocks.1.mlp.W_router')?.shape, [10, 3]);
  });

  it('is refused where a key is missing, none of ours, or no value of its kind', async () => {
    for (const key of Object.keys(configuration)) {
      if (key !== 'experts') await refuses(key, undefined, key);
      if (key !== 'experts') await refuses(key, 'x', key);
      await refuses(key, [], key);
    }
    for (const key of ['base', 'dimensions', 'pairing', 'scaling.factor', 'scaling.originalContext']) {
      const name = key.split('.').at(-1)!;
      if (name !== 'scaling') await refuses(`rotary.${key}`, undefined, `${name} is missing`);
      await refuses(`rotary.${key}`, -3, name);
    }
    await refuses('biases.qkv', undefined, 'biases: qkv is missing');
    await refuses('n_colours', 3, 'n_colours is not known');
    await refuses('biases.norm', true, 'biases: norm is not known');
    await refuses('rotary.scaling.kind', 1, 'scaling: kind is not known');
  });

  it('is refused where sizes are beyond the caps of all families, or do not fit each other', async () => {
    await refuses('n_layers', 100_000, 'n_layers is 100000, not a whole number from 1 to 4096');
    await refuses('n_ctx', 2 ** 30, 'n_ctx is 1073741824');
    await refuses('d_model', 2 ** 40, 'd_model is');
    await refuses('n_key_value_heads', 2, 'n_key_value_heads is 2, which does not divide 3 heads');
    await refuses('rotary.dimensions', 6, 'dimensions is 6, not a whole number from 1 to 4');
    await refuses('rotary.dimensions', 3, 'rotary turns 3 dimensions');
    await refuses('rotary.scaling.highFrequencyFactor', 1, 'not above lowFrequencyFactor');
    await refuses('position', 'learned', 'rotary is there for rotary positions, and for no others');
    await refuses('experts.num_experts', 5, 'experts are 5, which do not share 12 neurons evenly');
    await refuses('experts.experts_per_token', 4, 'experts are 3, of which a token cannot pass 4');
    await refuses('d_mlp', 0, 'num_experts is 3');
    await refuses('windows', [null], 'windows is not a list with an entry for each of 2 layers');
    await refuses('windows', [null, 0], 'windows holds 0');
    await refuses('windows', [null, { size: 3 }], 'windows holds an object');
    await refuses('attention_scale', 0, 'attention_scale is 0');
  });

  it('is refused where its tensors are not those of its configuration', async () => {
    const folder = await written();
    changeConfig(folder, { configuration: { ...configuration, n_layers: 1, windows: [4] } });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', 'unknown: blocks.1.');
    changeConfig(folder, { configuration: { ...configuration, tied: true } });
    // A copy of the embedding would lie there, [d_vocab, d_model].
    await fails(openCheckpoint(folder), 'checkpoint-tensors', 'unembed.W_U');
    changeConfig(folder, { configuration });
    const path = join(folder, 'model.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, -4));
    await fails(openCheckpoint(folder), 'checkpoint-format', 'cut short');
  });
});
