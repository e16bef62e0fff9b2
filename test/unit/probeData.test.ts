// What probes are trained on: splits by document, shuffled labels, what is left out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  IGNORED,
  labelledExamples,
  onlyLabelled,
  shuffledLabels,
  splitUnits,
  SPLITS,
} from '../../src/backend/interpret/probes/data';
import { EpochOrder } from '../../src/backend/interpret/probes/linearProbe';
import { madeUpExamples } from '../support/probes';

const SHARES = { validation: 0.1, test: 0.2 };

describe('splits of documents', () => {
  it('have the shares that are asked for, the same for the same seed', () => {
    const splits = splitUnits(1000, SHARES, 5);
    const count = (split: string) => splits.filter((each) => each === split).length;
    assert.deepEqual(SPLITS.map(count), [700, 100, 200]);
    assert.deepEqual(splitUnits(1000, SHARES, 5), splits);
    assert.notDeepEqual(splitUnits(1000, SHARES, 6), splits);
  });

  it('keep all tokens of a document together', () => {
    const { data } = madeUpExamples({ texts: 50, length: 4 }, () => 0);
    const found = SPLITS.map((split) => labelledExamples(data, split));
    assert.equal(found.flatMap((each) => [...each]).length, 200);
    for (const examples of found)
      for (let at = 0; at < examples.length; at += 4)
        assert.equal(new Set(examples.slice(at, at + 4).map((example) => data.units[example])).size, 1);
  });
});

describe('shuffled labels', () => {
  const { data } = madeUpExamples({ texts: 200 }, (_, index, random) =>
    index === 3 ? IGNORED : Math.floor(3 * random()),
  );
  const [target] = data.targets;
  const shuffled = shuffledLabels(data, target, 1);

  it('are as many of each class in every split as before', () => {
    for (const split of SPLITS) {
      const sorted = (labels: Int32Array) =>
        Array.from(labels.filter((_, example) => data.splits[data.units[example]] === split)).sort();
      assert.deepEqual(sorted(shuffled), sorted(target.labels));
    }
  });

  it('stand where there were labels, and are others', () => {
    shuffled.forEach((label, example) => {
      assert.equal(label === IGNORED, target.labels[example] === IGNORED);
    });
    const same = shuffled.filter((label, example) => label >= 0 && label === target.labels[example]).length;
    const labelled = target.labels.filter((label) => label >= 0).length;
    assert.ok(Math.abs(same / labelled - 1 / 3) < 0.05, String(same / labelled));
  });
});

describe('texts without the tokens that nobody asks about', () => {
  it('keep labels, documents and positions of the rest', () => {
    const { data } = madeUpExamples({ texts: 6, length: 5 }, (_, index) =>
      index % 2 === 0 ? IGNORED : index,
    );
    const rest = onlyLabelled(data);
    assert.equal(rest.examples, 12);
    assert.deepEqual([...rest.targets[0].labels], Array.from({ length: 6 }, () => [1, 3]).flat());
    assert.deepEqual([...rest.units], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    assert.deepEqual(rest.texts.map(({ rows, first }) => [[...rows], first])[2], [[1, 3], 4]);
  });
});

describe('the order of training examples', () => {
  it('takes each once in an epoch, and others together in the next', () => {
    const members = Int32Array.from({ length: 12 }, (_, index) => 100 + index);
    const order = new EpochOrder(members, 3);
    const steps = Array.from({ length: 6 }, (_, index) => [...order.take(index + 1, 4)]);
    assert.deepEqual(steps.slice(0, 3).flat().sort(), [...members]);
    assert.deepEqual(steps.slice(3).flat().sort(), [...members]);
    assert.notDeepEqual(steps.slice(0, 3), steps.slice(3));
    assert.deepEqual([...new EpochOrder(members, 3).take(5, 4)], steps[4]);
  });

  it('takes all where there are fewer than a batch', () => {
    assert.equal(new EpochOrder(Int32Array.of(1, 2, 3), 1).take(7, 10).length, 3);
  });
});
