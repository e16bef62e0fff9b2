// How the view of losses writes its numbers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nats, signed } from '../../webview/losses/facts';

describe('nats', () => {
  it('have a thousandth under one, else three digits', () => {
    assert.deepEqual([0.0412, 0.5, 9.8, 14.42].map(nats), ['0.041', '0.500', '9.80', '14.4']);
  });

  it('that changed have their sign, and none where nothing is left of them', () => {
    assert.deepEqual(
      [0.232, -0.232, 4e-4, -4e-4, 0, -4.02].map((change) => signed(change)),
      ['+0.232', '−0.232', '0.000', '0.000', '0.000', '−4.02'],
    );
  });
});
