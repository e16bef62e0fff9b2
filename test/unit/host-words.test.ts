// Numbers and names as people read them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortCardName } from '../../src/host/cardName';
import { documentName, inlineCode, neuronName, visiblePiece } from '../../src/host/names';
import { count, exact, short, shortAndExact, size } from '../../src/host/numbers';

describe('numbers', () => {
  it('have three significant digits', () => {
    const written = [0, 12.34, 9.8, 0.04567, 1234, -3.14159, 100, 0.9996].map(short);
    assert.deepEqual(written, ['0', '12.3', '9.80', '0.0457', '1,230', '−3.14', '100', '1.00']);
  });

  it('are written with a power of ten where they are very small or large', () => {
    assert.equal(short(1.234e-7), '1.23e−7');
    assert.equal(short(12345678), '1.23e+7');
  });

  it('are exact with as few digits as a 32-bit number needs', () => {
    assert.equal(exact(Math.fround(12.34)), '12.34');
    assert.equal(exact(Math.fround(-0.1)), '−0.1');
    assert.equal(exact(Math.fround(1 / 3)), '0.33333334');
    assert.equal(exact(NaN), 'not a number');
    assert.equal(exact(-Infinity), '−∞');
  });

  it('say the exact value only where it has more digits', () => {
    const written = [12.34, 12.3, 0.1, -2, 0, NaN].map((value) => shortAndExact(Math.fround(value)));
    assert.deepEqual(written, ['12.3 · exactly 12.34', '12.3', '0.100', '−2.00', '0', 'not a number']);
  });

  it('have their thousands separated', () => {
    assert.deepEqual([7, 2048, 1234567].map(count), ['7', '2,048', '1,234,567']);
    assert.deepEqual([512, 260_032, 33_000_000, 1.5e9].map(size), ['512', '260K', '33M', '1.5B']);
  });
});

describe('code in Markdown', () => {
  it('shows backticks and blanks as they are', () => {
    assert.equal(inlineCode('Lily'), '`Lily`');
    assert.equal(inlineCode('a`b``c'), '```a`b``c```');
    assert.equal(inlineCode('`'), '`` ` ``');
    assert.equal(inlineCode(' a '), '`  a  `');
  });
});

describe('names', () => {
  it('of neurons, pieces and documents', () => {
    assert.equal(neuronName({ layer: 7, neuron: 54 }), 'L7 N54');
    assert.equal(visiblePiece(' Lily'), ' Lily');
    assert.equal(visiblePiece('  '), '··');
    assert.equal(visiblePiece('\r\n\n\tx'), '↵↵→x');
    assert.equal(documentName('file:///home/a/my%20story.txt'), 'my story.txt');
    assert.equal(documentName('untitled:Untitled-1'), 'Untitled-1');
    assert.equal(documentName('/models/stories260K'), 'stories260K');
  });
});

describe('graphics cards in the status bar', () => {
  for (const [name, short] of [
    ['NVIDIA GeForce RTX 3090', 'RTX 3090'],
    ['NVIDIA GeForce RTX 4090 Laptop GPU', 'RTX 4090 Laptop'],
    ['NVIDIA GeForce GTX 1060 6GB', 'GTX 1060'],
    ['NVIDIA GeForce RTX 3050 6GB Laptop GPU', 'RTX 3050 Laptop'],
    ['NVIDIA H100 80GB HBM3', 'H100 HBM3'],
    ['Intel(R) Graphics', 'Intel Graphics'],
    ['NVIDIA A100-SXM4-80GB', 'A100-SXM4'],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX 6000 Ada Generation'],
    ['AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M', 'Radeon RX 7900 XT…'],
    ['AMD Radeon(TM) Graphics', 'Radeon Graphics'],
    ['Intel(R) Iris(R) Xe Graphics', 'Iris Xe Graphics'],
    ['Intel(R) Arc(TM) A770 Graphics', 'Arc A770'],
    ['Intel UHD Graphics 630', 'UHD Graphics 630'],
    ['Apple M2 Pro', 'Apple M2 Pro'],
    ['Intel 8086:46a6', 'Intel 8086:46a6'],
    ['SwiftShader', 'SwiftShader'],
    ['Matrox Electronics Systems G200eR2 rev. 12', 'Matrox Elect…eR2 rev. 12'],
  ]) {
    it(`${name} is ${short}`, () => {
      assert.equal(shortCardName(name), short);
    });
  }
});
