// How strong an activation looks, and whether text stays readable on the colours of package.json.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  LEVELS,
  NOT_A_NUMBER,
  bucketOf,
  largestOf,
  paintedBuckets,
} from '../../src/host/decorations/buckets';

describe('the bucket of an activation', () => {
  it('has 21 signed values, zero among them, and one for what is not a number', () => {
    assert.equal(paintedBuckets.length, 2 * LEVELS + 1);
    assert.equal(new Set(paintedBuckets).size, paintedBuckets.length);
    assert.ok(!paintedBuckets.includes(0));
  });

  it('is the top level at the largest activation, of either sign', () => {
    assert.equal(bucketOf(12.3, 12.3), LEVELS);
    assert.equal(bucketOf(-12.3, 12.3), -LEVELS);
  });

  it('paints weak activations, and nothing under 5e-5 of the largest', () => {
    assert.equal(bucketOf(6e-5, 1), 1);
    assert.equal(bucketOf(4e-5, 1), 0);
    assert.equal(bucketOf(0, 1), 0);
    assert.equal(bucketOf(0, 0), 0);
  });

  it('follows the log ramp: half of the largest is level 8', () => {
    // log10(1 + 9 / 2) = 0.740
    assert.equal(bucketOf(0.5, 1), 8);
    assert.equal(bucketOf(1 / 9, 1), 4);
  });

  it('never falls as the activation grows', () => {
    let before = -LEVELS;
    for (let value = -1; value <= 1; value += 0.001) {
      const bucket = bucketOf(value, 1);
      assert.ok(bucket >= before, `at ${value}`);
      before = bucket;
    }
  });

  it('marks what is not a number, and takes infinite values as the strongest', () => {
    assert.equal(bucketOf(NaN, 1), NOT_A_NUMBER);
    assert.equal(bucketOf(Infinity, 1), LEVELS);
    assert.equal(bucketOf(-Infinity, 1), -LEVELS);
    assert.equal(largestOf(Float32Array.of(1, -3, Infinity, NaN)), 3);
  });
});

interface Color {
  id: string;
  defaults: Record<string, string>;
}

/**
 * Background and text of VS Code's own themes; the alphas of the ramp, from `floor` of the cap (at level 0, which is
 * not painted) to the cap; and the contrast that text on a painted token must keep. On black, weak paint needs more.
 */
const themes = {
  dark: { background: '#1f1f1f', text: '#cccccc', floor: 0.05, cap: 0.5, contrast: 4.5 },
  light: { background: '#ffffff', text: '#3b3b3b', floor: 0.05, cap: 0.65, contrast: 4.5 },
  highContrast: { background: '#000000', text: '#ffffff', floor: 1 / 3, cap: 0.62, contrast: 7 },
  highContrastLight: { background: '#ffffff', text: '#292929', floor: 0.05, cap: 0.6, contrast: 7 },
};

describe('the activation colours of package.json', () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    contributes: { colors: Color[] };
  };
  const colors = new Map(manifest.contributes.colors.map((color) => [color.id, color.defaults]));

  for (const sign of ['Positive', 'Negative']) {
    for (const [theme, { background, text, floor, cap, contrast }] of Object.entries(themes)) {
      it(`${sign}, ${theme}: alphas follow the ramp, and text stays readable`, () => {
        for (let level = 1; level <= LEVELS; level++) {
          const color = colors.get(`subtext.activation${sign}${level}`)?.[theme];
          assert.ok(color, `level ${level} has no colour`);
          const alpha = parseInt(color.slice(7, 9), 16) / 255;
          assert.ok(
            Math.abs(alpha - cap * (floor + (1 - floor) * (level / LEVELS))) < 0.003,
            `alpha of level ${level}: ${alpha}`,
          );
          const painted = blend(channels(color), channels(background), alpha);
          const found = contrastOf(channels(text), painted);
          assert.ok(found >= contrast, `contrast at level ${level}: ${found.toFixed(2)}`);
        }
      });

      it(`${sign}, ${theme}: the weakest and the middle paint can be seen`, () => {
        const [weakest, middle] = [1, 5].map((level) => {
          const color = colors.get(`subtext.activation${sign}${level}`)?.[theme] ?? '';
          const alpha = parseInt(color.slice(7, 9), 16) / 255;
          return contrastOf(channels(background), blend(channels(color), channels(background), alpha));
        });
        assert.ok(weakest >= 1.05, `contrast of level 1: ${weakest.toFixed(2)}`);
        assert.ok(middle >= 1.25, `contrast of level 5: ${middle.toFixed(2)}`);
        if (theme === 'highContrast') assert.ok(weakest >= 1.25 && middle >= 1.7, `${weakest}, ${middle}`);
      });

      it(`${sign}, ${theme}: underlines stand out from the background`, () => {
        const line = colors.get(`subtext.activation${sign}`)?.[theme];
        assert.ok(line);
        assert.ok(contrastOf(channels(line), channels(background)) >= 3);
      });
    }
  }
});

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

function blend(over: number[], under: number[], alpha: number): number[] {
  return over.map((channel, index) => channel * alpha + under[index] * (1 - alpha));
}

/** Contrast ratio of WCAG 2.2. */
function contrastOf(one: number[], other: number[]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: number[]): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
