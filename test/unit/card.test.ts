// What is measured of models for their cards.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inWords } from '../../src/backend/card/figure';
import { keepsNames } from '../../src/backend/card/storyFigures';
import { storyAt } from '../../src/backend/data/stories/generate';

describe('a story keeps to its names', () => {
  const cases: [string, boolean][] = [
    ['Ben had a ball.\n\nBen was happy.', true],
    ['Ben had a ball.\n\nMary was happy.', false],
    ['Ben had a ball. He met Mary.\n\nMom saw Mary and Ben.', true],
    // Of nobody who was not there before, because nothing was before.
    ['Ben had a ball.', false],
    ['A dog ran.\n\nOne day, it slept.', true],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text)}: ${expected}`, () => assert.equal(keepsNames(text), expected));
  }

  it('where it is one of the generator', () => {
    const kept = Array.from({ length: 500 }, (_, index) => keepsNames(storyAt(9, index)));
    assert.ok(kept.filter(Boolean).length >= 490, String(kept.filter(Boolean).length));
  });
});

describe('a figure in words', () => {
  it('has its unit', () => {
    assert.equal(inWords({ unit: 'share' }, 0.96749), '96.7 %');
    assert.equal(inWords({ unit: 'words' }, 163.6), '164');
    assert.equal(inWords({ unit: 'nats per token' }, 0.0049471), '0.0049 nats per token');
  });
});
