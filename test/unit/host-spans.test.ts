// From activations at tokens to painted stretches of text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NeuronActivations } from '../../src/protocol/types';
import { LineIndex } from '../../src/host/decorations/lineIndex';
import { paintedSpans, valuesByText } from '../../src/host/decorations/spans';
import { tokenAt } from '../../src/host/decorations/tokenAt';

/** Activations of tokens given as [text, value]; ranges tile the joined text. */
function activationsOf(...tokens: [piece: string, value: number][]) {
  const ends: number[] = [];
  let text = '';
  for (const [piece] of tokens) {
    text += piece;
    ends.push(text.length);
  }
  const activations: NeuronActivations = {
    source: {
      uri: 'file:///story.txt',
      version: 1,
      model: '/m',
      modelName: 'm',
      engine: 'cpu',
      windows: { count: 1, length: 10, overlap: 0 },
      interventions: 0,
    },
    id: { layer: 0, neuron: 0 },
    starts: Int32Array.from([0, ...ends.slice(0, -1)]),
    ends: Int32Array.from(ends),
    values: Float32Array.from(tokens.map(([, value]) => value)),
  };
  return { activations, text };
}

/** What is painted, readably: the text with its bucket, `↵` for a mark at a line's end. */
function painted(...tokens: [string, number][]): [string, number][] {
  const { activations, text } = activationsOf(...tokens);
  return paintedSpans(activations, text).map(({ start, end, lineEnd, bucket }) => [
    lineEnd ? `↵${start}` : text.slice(start, end),
    bucket,
  ]);
}

describe('painted stretches', () => {
  it('leave out tokens without activation', () => {
    assert.deepEqual(painted(['Once', 0], [' upon', 2], [' a', -2]), [
      ['upon', 10],
      ['a', -10],
    ]);
  });

  it('leave the blank before a word unpainted, but paint a token of blanks alone', () => {
    assert.deepEqual(painted([' Lily', 1], ['  ', 1], ['\tTom', 1]), [
      ['Lily', 10],
      ['  ', 10],
      ['Tom', 10],
    ]);
  });

  it('mark a newline at the end of its line, an empty line too', () => {
    assert.deepEqual(painted(['Hi', 0], ['\n\n', 1], ['Tom', 1]), [
      ['↵2', 10],
      ['↵3', 10],
      ['Tom', 10],
    ]);
  });

  it('do not mark newlines with faint activations', () => {
    assert.deepEqual(painted(['\n', 0.05], ['a', 1]), [['a', 10]]);
  });

  it('cut a token at the line ends inside it', () => {
    assert.deepEqual(painted(['."\n "No', 1]), [
      ['."', 10],
      ['↵2', 10],
      ['"No', 10],
    ]);
  });

  it('mark CR LF once, in one token or cut into two', () => {
    assert.deepEqual(painted(['a', 0], ['\r\n', 1]), [['↵1', 10]]);
    assert.deepEqual(painted(['a', 0], ['\r', 1], ['\n', 1]), [['↵1', 10]]);
    assert.deepEqual(painted(['a\r\nb', 1]), [
      ['a', 10],
      ['↵1', 10],
      ['b', 10],
    ]);
  });

  it('give a character that was cut into several tokens the strongest of them', () => {
    assert.deepEqual(painted([' I', 1], ['😀', 0.1], ['', -4], ['', 2], ['!', 0]), [
      ['I', 6],
      ['😀', -10],
    ]);
  });

  it('do not paint tokens that stand for no text, nor scale by them', () => {
    assert.deepEqual(painted(['', 8], ['Hi', 1], ['.', 0], ['', 8]), [['Hi', 10]]);
  });

  it('keep one value per stretch of text, also where tokens share a range', () => {
    const { activations, text } = activationsOf(['é', 1], ['', 3]);
    assert.deepEqual(valuesByText(activations, text), [{ start: 0, end: 1, value: 3 }]);
    activations.starts[1] = 0;
    assert.deepEqual(valuesByText(activations, text), [{ start: 0, end: 1, value: 3 }]);
  });

  it('mark values that are not numbers', () => {
    assert.deepEqual(painted(['a', NaN], [' b', 1]), [
      ['a', 11],
      ['b', 10],
    ]);
  });
});

describe('the index of lines', () => {
  it('counts CR LF, LF and CR as line ends', () => {
    const lines = new LineIndex('a\r\nbc\nd\re');
    assert.deepEqual(lines.locate(0), { line: 0, character: 0 });
    assert.deepEqual(lines.locate(1), { line: 0, character: 1 });
    assert.deepEqual(lines.locate(3), { line: 1, character: 0 });
    assert.deepEqual(lines.locate(5), { line: 1, character: 2 });
    assert.deepEqual(lines.locate(6), { line: 2, character: 0 });
    assert.deepEqual(lines.locate(8), { line: 3, character: 0 });
    assert.deepEqual(lines.locate(9), { line: 3, character: 1 });
  });
});

describe('the token at an offset', () => {
  it('is the one whose range holds it, empty ranges aside', () => {
    const { activations } = activationsOf(['', 0], ['Once', 0], ['😀', 0], ['', 0], ['!', 0]);
    const at = (offset: number) => tokenAt(activations.starts, activations.ends, offset);
    assert.deepEqual([0, 3, 4, 5, 6, 7].map(at), [1, 1, 2, 2, 4, undefined]);
  });
});
