// The trained model of ../shared, where that folder is: the story that llama2.c itself tells.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { answer, buildCommand, json } from '../support/commandLine';
import { stories260K } from '../unit/checkpointFiles';

const skip = existsSync(stories260K) ? false : `${stories260K} is not on this machine`;
const GREEDY = ['--prompt', '', '--temperature', '0', '--max-tokens', '200'];

describe('stories260K', { skip }, () => {
  before(buildCommand);

  for (const model of [stories260K, join(stories260K, 'stories260K.bin')]) {
    for (const engine of ['cpu', 'wasm']) {
      it(`tells the story of llama2.c, from ${model.slice(stories260K.length - 11)} on ${engine}`, async () => {
        const told = await answer('generate', '--model', model, '--engine', engine, ...GREEDY);
        assert.equal(told, readFileSync(join(stories260K, 'greedy-200.txt'), 'utf8'));
      });
    }
  }

  it('gives the same text for the same seed', async () => {
    const given = ['generate', '--model', stories260K, '--prompt', 'Lily', '--max-tokens', '30'];
    const [first, again, other] = await Promise.all(
      ['3', '3', '4'].map((seed) =>
        json<{ text: string; ids: number[] }>(...([...given, '--seed', seed] as const)),
      ),
    );
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.ids, other.ids);
    assert.equal(first.ids.length, 30);
  });
});
