// The pure parts that views share: numbers, pieces, arrays, colours, CSV.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFileSync } from 'node:fs';
import { bucketOf, LEVELS, NOT_A_NUMBER, UNDERLINE_LEVEL } from '../../src/host/decorations/buckets';
import { asFloat32, asInt32, asUint8 } from '../../webview/shared/arrays';
import { toCsv } from '../../webview/shared/clipboard';
import { levelOf, rangeOf } from '../../webview/shared/colours';
import {
  aligned,
  columnDecimals,
  counted,
  exact,
  percent,
  shortest,
  significant,
} from '../../webview/shared/numbers';
import { cutMiddle, plain, running, visible } from '../../webview/shared/pieces';

describe('numbers', () => {
  it('have three significant digits', () => {
    assert.deepEqual([12.345, 9.8, 0.04123, 1240.4, -0.1699, 0, 0.0000123].map(significant), [
      '12.3',
      '9.80',
      '0.0412',
      '1,240',
      '−0.170',
      '0.00',
      '1.23e−5',
    ]);
    assert.deepEqual([NaN, Infinity, -Infinity].map(significant), ['NaN', '∞', '−∞']);
  });

  it('stand with their points under each other', () => {
    const decimals = columnDecimals(12.3);
    assert.equal(decimals, 2);
    assert.deepEqual(
      [12.3, 9.8, 0.5, 140].map((value) => aligned(value, decimals)),
      ['12.3\u2007', '9.80', '0.500', '140\u2008\u2007\u2007'],
    );
  });

  it('read the same in a column as elsewhere', () => {
    for (const value of [1240, 12.3, 0, 0.0907, 0.00123, 1.5e-5, -0.1699, NaN, -Infinity]) {
      assert.equal(aligned(value, 2).trim(), significant(value));
    }
  });

  it('are exact as far as single precision goes', () => {
    assert.equal(exact(Math.fround(12.3)), '12.3');
    assert.equal(exact(-0.5), '−0.5');
    assert.equal(exact(NaN), 'not a number');
    assert.equal(shortest(Math.fround(-12.3)), -12.3);
    assert.ok(Number.isNaN(shortest(NaN)));
    assert.equal(exact(Math.fround(1 / 3)), '0.33333334');
  });

  it('are shares and counts', () => {
    assert.deepEqual([0, 0.0004, 0.004, 0.031, 1].map(percent), ['0%', '0.1%', '0.4%', '3%', '100%']);
    assert.equal(counted(1, 'neuron'), '1 neuron');
    assert.equal(counted(12288, 'neuron'), '12,288 neurons');
  });
});

describe('pieces', () => {
  it('show whitespace and control characters', () => {
    assert.deepEqual([' Lily', '\n', '\t', 'a\u200bb', ''].map(plain), ['·Lily', '↵', '→', 'aU+200Bb', '∅']);
    assert.deepEqual(visible(' Lily'), [
      { text: '·', mark: true },
      { text: 'Lily', mark: false },
    ]);
  });

  it('keep emoji whole', () => {
    assert.equal(plain('👩‍🚀'), '👩‍🚀');
    assert.equal(cutMiddle('👩‍🚀'.repeat(9), 5), '👩‍🚀👩‍🚀…👩‍🚀👩‍🚀');
  });

  it('keep spaces in running text, unless nothing else is there', () => {
    assert.deepEqual(running(' she'), [
      { text: ' ', mark: false },
      { text: 'she', mark: false },
    ]);
    assert.deepEqual(running('  '), visible('  '));
  });

  it('are cut in the middle', () => {
    assert.equal(cutMiddle('short', 16), 'short');
    assert.equal(cutMiddle('abcdefghij', 5), 'ab…ij');
    assert.equal(cutMiddle('abcdefghij', 6), 'abc…ij');
  });
});

describe('arrays', () => {
  it('arrive as typed arrays, bytes, lists or objects', () => {
    const values = Float32Array.of(1.5, -2, 3);
    assert.equal(asFloat32(values), values);
    assert.deepEqual(asFloat32(values.buffer), values);
    assert.deepEqual(asFloat32([1.5, -2, 3]), values);
    assert.deepEqual(asFloat32({ 0: 1.5, 1: -2, 2: 3 }), values);
    assert.deepEqual(asFloat32(Float64Array.from(values)), values);
    assert.deepEqual(asInt32(JSON.parse(JSON.stringify(Int32Array.of(7, -1)))), Int32Array.of(7, -1));
    assert.deepEqual(asUint8({}), new Uint8Array());
    assert.deepEqual(asFloat32(undefined), new Float32Array());
  });
});

describe('colours', () => {
  it('have the levels of the editor', () => {
    for (const value of [0, 1e-9, 0.001, 0.03, 0.5, 4, 7.3, -0.2, -7.3, Infinity, -Infinity]) {
      assert.equal(levelOf(value, 7.3) + 0, bucketOf(value, 7.3) + 0, String(value));
    }
    assert.equal(bucketOf(NaN, 1), NOT_A_NUMBER);
    assert.ok(Number.isNaN(levelOf(NaN, 1)));
    assert.equal(levelOf(0, 0), 0);
  });

  it('are underlined where the editor underlines', () => {
    const css = readFileSync('webview/shared/data.css', 'utf8');
    const [positive, negative] = [...css.matchAll(/:is\(([^)]*)\)/g)].map(([, list]) =>
      list.match(/-?\d+/g)?.map(Number),
    );
    const levels = Array.from(
      { length: LEVELS - UNDERLINE_LEVEL + 1 },
      (_, index) => UNDERLINE_LEVEL + index,
    );
    assert.deepEqual(positive, levels);
    assert.deepEqual(
      negative,
      levels.map((level) => -level),
    );
  });

  it('share one range', () => {
    assert.equal(rangeOf(Float32Array.of(1, -4, Infinity, NaN)), 4);
    assert.equal(rangeOf([]), 0);
  });
});

it('CSV quotes what needs it', () => {
  assert.equal(
    toCsv([
      ['a', 'b "c"'],
      [1, 'd,e\n'],
    ]),
    'a,"b ""c"""\r\n1,"d,e\n"\r\n',
  );
});
