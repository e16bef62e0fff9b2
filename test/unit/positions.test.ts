// How each kind of model knows positions, against loops written from the definitions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { RotaryConfiguration, TransformerConfiguration } from '../../src/backend/model/configuration';
import { rotaryFrequency } from '../../src/backend/model/positions';
import { assertCloseValues, dot, element, rowOf, softmaxOf } from '../support/numbers';
import { configurationWith, randomIds, randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();
const POS = 9;
const [Q, K, PATTERN] = ['q', 'k', 'pattern'].map((name) => `blocks.0.attn.hook_${name}`);

describe('positions: learned', () => {
  it('adds the embedding of each position to that of its token', async () => {
    const { model, of } = await run({}, ['hook_embed', 'hook_pos_embed', 'blocks.0.hook_resid_pre']);
    const table = model.weight('pos_embed.W_pos')!;
    for (let position = 0; position < POS; position++) {
      assertCloseValues(rowOf(of('hook_pos_embed'), 0, position), rowOf(table, position), 0, 'W_pos');
      const sum = rowOf(of('hook_embed'), 0, position).map((value, i) => value + element(table, position, i));
      assertCloseValues(rowOf(of('blocks.0.hook_resid_pre'), 0, position), sum, 1e-6, 'residual');
    }
  });
});

describe('positions: distance-only', () => {
  it('looks at keys by their distance alone, whatever the tokens', async () => {
    const { model, of } = await run({ position: 'distance-only' }, [PATTERN]);
    const table = model.weight('blocks.0.attn.distance_scores')!;
    for (let head = 0; head < model.configuration.n_heads; head++) {
      for (let query = 0; query < POS; query++) {
        const scores = range(query + 1).map((key) => element(table, head, query - key));
        assertRow(of(PATTERN), head, query, softmaxOf(scores));
      }
    }
  });
});

describe('positions: uniform', () => {
  it('averages the last 2^h − 1 tokens in head h, counted from 1', async () => {
    const { of } = await run({ position: 'uniform', n_heads: 5, n_key_value_heads: 5 }, [PATTERN]);
    for (const [head, width] of [1, 3, 7, 15, 31].entries()) {
      for (let query = 0; query < POS; query++) {
        const count = Math.min(width, query + 1);
        const row = range(query + 1).map((key) => (query - key < width ? 1 / count : 0));
        assertRow(of(PATTERN), head, query, row);
      }
    }
  });

  it('keeps to a window that is narrower than the head', async () => {
    const { of } = await run({ position: 'uniform', windows: [2, null] }, [PATTERN]);
    assertRow(of(PATTERN), 2, 4, [0, 0, 0, 0.5, 0.5]);
  });
});

describe('positions: relative', () => {
  for (const [n_heads, n_key_value_heads] of [
    [3, 3],
    [4, 2],
  ]) {
    it(`adds q·r and k·s of the distance to q·k, ${n_heads} heads over ${n_key_value_heads}`, async () => {
      const { model, of } = await run({ position: 'relative', n_heads, n_key_value_heads }, [Q, K, PATTERN]);
      const r = model.weight('blocks.0.attn.relative_keys')!;
      const s = model.weight('blocks.0.attn.relative_queries')!;
      for (let head = 0; head < n_heads; head++) {
        const keyHead = Math.floor((head * n_key_value_heads) / n_heads);
        for (let query = 0; query < POS; query++) {
          const q = rowOf(of(Q), 0, query, head);
          const scores = range(query + 1).map((key) => {
            const k = rowOf(of(K), 0, key, keyHead);
            const distance = query - key;
            const score = dot(q, k) + dot(q, rowOf(r, head, distance)) + dot(k, rowOf(s, head, distance));
            return score / Math.sqrt(model.configuration.d_head);
          });
          assertRow(of(PATTERN), head, query, softmaxOf(scores));
        }
      }
    });
  }
});

describe('positions: none', () => {
  it('shares each key head among neighbouring query heads, with the given scale', async () => {
    const [n_heads, n_key_value_heads, attention_scale] = [6, 2, 0.7];
    const { of } = await run({ position: 'none', n_heads, n_key_value_heads, attention_scale }, [
      Q,
      K,
      PATTERN,
    ]);
    for (let head = 0; head < n_heads; head++) {
      const keyHead = head < 3 ? 0 : 1;
      for (let query = 0; query < POS; query++) {
        const q = rowOf(of(Q), 0, query, head);
        const scores = range(query + 1).map((key) => 0.7 * dot(q, rowOf(of(K), 0, key, keyHead)));
        assertRow(of(PATTERN), head, query, softmaxOf(scores));
      }
    }
  });

  it('hides what lies outside a window of three tokens', async () => {
    const { of } = await run({ position: 'none', windows: [3, null] }, [PATTERN]);
    for (let query = 0; query < POS; query++) {
      for (let key = 0; key < POS; key++) {
        const seen = key <= query && key > query - 3;
        assert.equal(element(of(PATTERN), 0, 1, query, key) > 0, seen, `${query} → ${key}`);
      }
    }
  });
});

describe('positions: rotary', () => {
  const rotaries: Record<string, { d_head: number; rotary: RotaryConfiguration }> = {
    halves: { d_head: 6, rotary: { base: 50, dimensions: 6, pairing: 'halves' } },
    interleaved: { d_head: 6, rotary: { base: 50, dimensions: 6, pairing: 'interleaved' } },
    'halves of a part': { d_head: 8, rotary: { base: 50, dimensions: 4, pairing: 'halves' } },
    'interleaved in a part': { d_head: 8, rotary: { base: 50, dimensions: 4, pairing: 'interleaved' } },
  };
  for (const [name, { d_head, rotary }] of Object.entries(rotaries)) {
    it(`turns pairs of dimensions by position times frequency: ${name}`, async () => {
      const { of } = await run({ position: 'rotary', d_head, rotary }, [Q, 'blocks.0.attn.hook_rot_q']);
      for (let position = 0; position < POS; position++) {
        const turned = turnedByHand(rowOf(of(Q), 0, position, 1), position, rotary);
        const found = rowOf(of('blocks.0.attn.hook_rot_q'), 0, position, 1);
        assertCloseValues(found, turned, 1e-5, `position ${position}`);
      }
    });
  }

  it('makes scores depend on the distance alone', async () => {
    const ids = new Array<number>(POS).fill(3);
    const { of } = await run({ position: 'rotary' }, ['blocks.0.attn.hook_attn_scores'], ids);
    const scores = of('blocks.0.attn.hook_attn_scores');
    for (let query = 1; query < POS; query++) {
      for (let key = 1; key <= query; key++) {
        const [here, before] = [element(scores, 0, 0, query, key), element(scores, 0, 0, query - 1, key - 1)];
        assert.ok(Math.abs(here - before) < 1e-5, `${query} → ${key}`);
      }
    }
  });

  it('falls off with the base, over the turning dimensions only', () => {
    const rotary: RotaryConfiguration = { base: 10000, dimensions: 8, pairing: 'halves' };
    const found = range(4).map((pair) => rotaryFrequency(rotary, pair));
    assertCloseValues(found, [1, 0.1, 0.01, 0.001], 1e-12, 'frequencies');
  });

  it('stretches low frequencies as Llama 3.1 does (rope_type llama3)', () => {
    const rotary: RotaryConfiguration = {
      base: 500000,
      dimensions: 128,
      pairing: 'halves',
      scaling: { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192 },
    };
    for (let pair = 0; pair < 64; pair++) {
      const plain = 500000 ** (-pair / 64);
      const wavelength = (2 * Math.PI) / plain;
      let expected = plain;
      if (wavelength > 8192 / 1) expected = plain / 8;
      else if (wavelength >= 8192 / 4) {
        const smooth = (8192 / wavelength - 1) / (4 - 1);
        expected = (1 - smooth) * (plain / 8) + smooth * plain;
      }
      assert.ok(Math.abs(rotaryFrequency(rotary, pair) / expected - 1) < 1e-9, `pair ${pair}`);
    }
    // Wavelengths pass 8192 / 4 tokens at 64 · ln(2048 / 2π) / ln(500000) = 28.2 pairs.
    const changed = range(64).filter((pair) => rotaryFrequency(rotary, pair) !== 500000 ** (-pair / 64));
    assert.equal(changed[0], 29);
    assert.equal(changed.length, 35);
  });
});

async function run(
  changes: Partial<TransformerConfiguration>,
  names: string[],
  ids = randomIds(POS, configurationWith().d_vocab),
) {
  const model = randomModel(changes, reference);
  const captured = await model.runWithCache([ids], names);
  return { model, of: (name: string) => captured.get(name)! };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Asserts a row of a pattern; keys after those given must be exactly zero. */
function assertRow(pattern: TensorData, head: number, query: number, expected: number[]): void {
  const row = rowOf(pattern, 0, head, query);
  assertCloseValues(row.slice(0, expected.length), expected, 1e-5, `head ${head}, query ${query}`);
  assert.ok(
    row.slice(expected.length).every((value) => value === 0),
    `later keys of query ${query}`,
  );
}

function turnedByHand(
  row: number[],
  position: number,
  { base, dimensions, pairing }: RotaryConfiguration,
): number[] {
  const turned = [...row];
  for (let pair = 0; pair < dimensions / 2; pair++) {
    const angle = position * base ** ((-2 * pair) / dimensions);
    const [a, b] = pairing === 'halves' ? [pair, pair + dimensions / 2] : [2 * pair, 2 * pair + 1];
    turned[a] = row[a] * Math.cos(angle) - row[b] * Math.sin(angle);
    turned[b] = row[b] * Math.cos(angle) + row[a] * Math.sin(angle);
  }
  return turned;
}
