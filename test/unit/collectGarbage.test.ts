import assert from 'node:assert/strict';
import { it } from 'node:test';
import { collectGarbage } from '../../src/backend/collectGarbage';

it('what nothing refers to any more is given back when the garbage is collected', async () => {
  const megabytes = () => process.memoryUsage().arrayBuffers / 1e6;
  await collectGarbage();
  const level = megabytes();
  let arrays = Array.from({ length: 8 }, () => new Float32Array(8_000_000).fill(1));
  assert.ok(megabytes() > level + 250);
  arrays = [];
  await collectGarbage();
  assert.equal(arrays.length, 0);
  assert.ok(megabytes() < level + 1, `${megabytes()} of ${level} MB`);
});
