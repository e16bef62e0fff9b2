// The colours of runs and heads: seen on their backgrounds, and apart, by everybody.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineStyle } from '../../webview/shared/lineStyles';
import { headHue, headHues, hues } from '../../webview/shared/hues';

describe('colours of runs', () => {
  const channels = (colour: string): number[] =>
    [1, 3, 5].map((at) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
  const luminance = ([red, green, blue]: number[]): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const contrast = (one: string, other: string): number => {
    const [low, high] = [one, other].map((colour) => luminance(channels(colour))).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  /** Machado, Oliveira, Fernandes 2009, severity 1; for linear RGB. */
  const blindness: Record<string, number[][]> = {
    none: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopia: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
  /** CIE L*a*b* of linear RGB (D65). */
  const lab = ([red, green, blue]: number[]): number[] => {
    const f = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
    const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
    const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };

  it('stand out from their backgrounds', () => {
    for (const colour of [...hues.dark, ...headHues.dark]) {
      for (const background of ['#1f1f1f', '#000000']) assert.ok(contrast(colour, background) >= 3, colour);
    }
    for (const colour of [...hues.light, ...headHues.light])
      assert.ok(contrast(colour, '#ffffff') >= 3, colour);
  });

  for (const [name, matrix] of Object.entries(blindness)) {
    it(`differ with ${name === 'none' ? 'full colour vision' : name}`, () => {
      const seen = (colour: string): number[] => {
        const linear = channels(colour);
        return lab(
          matrix.map((row) =>
            Math.max(
              0,
              Math.min(
                1,
                row.reduce((sum, factor, at) => sum + factor * linear[at], 0),
              ),
            ),
          ),
        );
      };
      for (const palette of [hues.dark, hues.light, headHues.dark, headHues.light]) {
        palette.forEach((one, at) => {
          for (const other of palette.slice(at + 1)) {
            const distance = Math.hypot(...seen(one).map((value, index) => value - seen(other)[index]));
            assert.ok(distance >= 15, `${one} and ${other} are ${distance.toFixed(1)} apart`);
          }
        });
      }
    });
  }

  it('come with dashes and marks, so that no two of thirty runs are drawn alike', () => {
    const styles = Array.from({ length: 30 }, (_, number) => JSON.stringify(lineStyle(number, 'dark')));
    assert.equal(new Set(styles).size, 30);
    assert.notDeepEqual(lineStyle(0, 'dark').dash, lineStyle(1, 'dark').dash);
    assert.notEqual(lineStyle(0, 'dark').shape, lineStyle(1, 'dark').shape);
  });

  it('of five heads beside each other are five', () => {
    for (const first of [0, 7]) {
      const beside = Array.from({ length: 5 }, (_, place) => headHue(first + place, 'light'));
      assert.equal(new Set(beside).size, 5);
    }
  });
});
