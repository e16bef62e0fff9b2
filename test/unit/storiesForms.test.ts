// The Instruct form of stories, its held-out combination, and the report of how new stories are.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  generateStory,
  heldOutInstructAt,
  instructAt,
  instructStream,
  noveltyReport,
} from '../../src/backend/data/stories';

const COUNT = 1500;

/** The header's lines by name, in order, and the story. */
function parsed(form: string): { names: string[]; values: Map<string, string>; text: string } {
  const at = form.indexOf('Story:\n\n');
  const lines = form.slice(0, at).trimEnd().split('\n');
  const values = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]),
  );
  return { names: [...values.keys()], values, text: form.slice(at + 'Story:\n\n'.length) };
}

const TRAINING = Array.from({ length: COUNT }, (_, index) => parsed(instructAt(3, index)));

describe('the Instruct form', () => {
  it('has one to three instructions, then the story of the same number', () => {
    TRAINING.forEach(({ names, text }, index) => {
      assert.ok(names.length >= 1 && names.length <= 3, names.join());
      assert.ok(names.every((name) => ['Words', 'Features', 'Summary', 'Sentence'].includes(name)));
      assert.equal(text, generateStory(3, {}, index).text);
    });
  });

  it('never has words and summary together', () => {
    for (const { values } of TRAINING) assert.ok(!(values.has('Words') && values.has('Summary')));
  });

  it('has every other subset, in every order', () => {
    const orders = new Set(TRAINING.map(({ names }) => names.join()));
    const without = (left: string) =>
      ['Words', 'Features', 'Summary', 'Sentence'].filter((name) => name !== left);
    for (const list of [without('Words'), without('Summary')]) {
      for (const a of list) {
        assert.ok(orders.has(a), a);
        for (const b of list) {
          if (a !== b) assert.ok(orders.has([a, b].join()), `${a},${b}`);
          for (const c of list)
            if (new Set([a, b, c]).size === 3) assert.ok(orders.has([a, b, c].join()), `${a},${b},${c}`);
        }
      }
    }
  });

  it('says what is true of the story', () => {
    TRAINING.forEach(({ values, text }, index) => {
      const { words, features, summary } = generateStory(3, {}, index);
      if (values.has('Words'))
        assert.deepEqual(values.get('Words')!.split(', ').sort(), Object.values(words).sort());
      if (values.has('Features'))
        assert.deepEqual(values.get('Features')!.split(', ').sort(), [...features].sort());
      if (values.has('Summary')) assert.equal(values.get('Summary'), summary);
      if (values.has('Sentence')) assert.ok(text.includes(values.get('Sentence')!));
    });
  });

  it('is the same for the same seed', () => {
    assert.equal(instructAt(3, 7), instructAt(3, 7));
    assert.equal(instructStream(3).next().value, instructAt(3, 0));
  });
});

describe('the held-out form', () => {
  it('always asks for words and summary, in both orders', () => {
    const orders = new Set<boolean>();
    for (let index = 0; index < 200; index++) {
      const { names } = parsed(heldOutInstructAt(3, index));
      assert.ok(names.includes('Words') && names.includes('Summary'), names.join());
      orders.add(names.indexOf('Words') < names.indexOf('Summary'));
    }
    assert.equal(orders.size, 2);
  });
});

describe('the report of novelty', () => {
  it('counts distinct stories and finds longer n-grams newer', () => {
    const report = noveltyReport(500, 4);
    assert.equal(report.stories, 500);
    assert.equal(report.distinct, 500);
    const [four, eight] = report.novelty;
    assert.deepEqual([four.n, eight.n], [4, 8]);
    assert.ok(four.share > 0 && four.share < eight.share && eight.share < 1);
  });

  it('finds everything new in a single story', () => {
    assert.ok(noveltyReport(1, 4).novelty.every(({ share }) => share === 1));
  });
});
