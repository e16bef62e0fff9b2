// The promise about starting: little time, nothing started before it is needed.
import assert from 'node:assert/strict';
import { activated } from './subtext';

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
});
