// The promise about starting: little code, little time, nothing started before it is needed.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { activated, subtextExtension } from './subtext';

describe('activation', () => {
  it('takes at most 100 ms, loading included', async () => {
    const { activationMilliseconds } = await activated();
    assert.ok(activationMilliseconds <= 100, `${activationMilliseconds.toFixed(1)} ms`);
  });

  it('starts no backend', async () => {
    const { backend, models } = await activated();
    assert.equal(backend.state.kind, 'off');
    assert.deepEqual(models.all, []);
  });

  it('loads at most 600 KB', async () => {
    const { size } = await stat(join(subtextExtension().extensionPath, 'dist', 'extension.js'));
    assert.ok(size <= 600 * 1024, `${size} bytes`);
  });
});
