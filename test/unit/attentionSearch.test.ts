// Target patterns of a text, and heads ranked by how much they look like one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { searchPattern } from '../../src/backend/interpret/attention/search';
import { Reading } from '../../src/backend/interpret/reading';
import type { Token } from '../../src/backend/tokenizer/tokenizer';
import type { PatternName, PatternQuestion } from '../../src/protocol/attention';
import { isError } from '../support/errors';
import { MadeUpModel, rowsOf, UNEVEN, type Weight } from '../support/madeUpPatterns';
import { assertCloseValues } from '../support/numbers';

describe('target patterns', () => {
  const cases: { name: PatternName; text: string; pairs: string[] }[] = [
    { name: 'previous-token', text: 'x a b', pairs: ['b2←a1'] },
    { name: 'self', text: 'x a b', pairs: ['a1←a1', 'b2←b2'] },
    { name: 'same-token', text: 'x a b a a', pairs: ['a3←a1', 'a4←a1', 'a4←a3'] },
    { name: 'induction', text: 'x a b c a', pairs: ['a4←b2'] },
    { name: 'induction', text: 'x a a', pairs: [] },
    { name: 'same-word', text: 'x Ball a ball BALL', pairs: ['ball3←Ball1', 'BALL4←Ball1', 'BALL4←ball3'] },
    { name: 'first-mention', text: 'x ball a ball ball', pairs: ['ball3←ball1', 'ball4←ball1'] },
    { name: 'first-mention', text: "x Tom 's Tom 's", pairs: ['Tom3←Tom1'] },
    { name: 'first-name', text: 'x saw Lily . Then Lily ran . Then', pairs: ['Lily5←Lily2'] },
    { name: 'first-name', text: 'x . The cat . The cat', pairs: [] },
    { name: 'first-name', text: 'x and I and I', pairs: [] },
    { name: 'matching-bracket', text: 'x ( a [ b ] )', pairs: [']5←[3', ')6←(1'] },
    { name: 'matching-bracket', text: 'x a ) ( ]', pairs: [] },
    { name: 'matching-quote', text: 'x " a " b " c "', pairs: ['"3←"1', '"7←"5'] },
    { name: 'matching-quote', text: 'x “ a ” b', pairs: ['”3←“1'] },
  ];
  for (const { name, text, pairs } of cases) {
    it(`${name} of ‘${text}’`, async () => {
      const { reading, maps } = words(text);
      const found = await searchPattern(maps, { name }, NOT_CANCELLED);
      assert.deepEqual(named(reading, found.pairs), pairs);
      assert.equal(found.cells, pairs.length);
    });
  }

  it('of words in several tokens relate all tokens of both', async () => {
    const text = 'x Lily. Lily';
    const pieces = ['x', ' Li', 'ly', '.', ' Li', 'ly'];
    const { reading, maps } = cut(text, pieces);
    const found = await searchPattern(maps, { name: 'same-word' }, NOT_CANCELLED);
    assert.deepEqual(named(reading, found.pairs), ['Li4←Li1', 'Li4←ly2', 'ly5←Li1', 'ly5←ly2']);
  });

  it('look ahead in an encoder, where they do not name what came before', async () => {
    const { reading, maps } = words('x a b a', UNEVEN, { causal: false });
    const found = await searchPattern(maps, { name: 'same-token' }, NOT_CANCELLED);
    assert.deepEqual(named(reading, found.pairs), ['a1←a3', 'a3←a1']);
  });

  it('relate only tokens of one window', async () => {
    const { reading, maps } = words('a b c d e f g a', UNEVEN, { n_ctx: 4 });
    const { cells } = await searchPattern(maps, { name: 'same-word' }, NOT_CANCELLED);
    assert.ok(reading.windows.length > 1);
    assert.equal(cells, 0);
  });

  it('of ids alone are read from their pieces', async () => {
    const model = new MadeUpModel({ n_ctx: 11 }, UNEVEN);
    const tokens = ['x', '(', 'y', ')'].map((piece, id) => ({ id, piece, start: 0, end: 0 }));
    const maps = new AttentionMaps(new Reading(model, tokens));
    const found = await searchPattern(maps, { name: 'matching-bracket' }, NOT_CANCELLED);
    assert.deepEqual([...found.pairs.destinations, ...found.pairs.sources], [3, 1]);
  });
});

describe('pattern search', () => {
  const toPrevious: Weight = (layer, head, destination, source) =>
    layer === 1 && head === 2
      ? Number(source === Math.max(0, destination - 1))
      : UNEVEN(layer, head, destination, source);

  it('ranks the head that is the pattern first, with mass and cosine 1', async () => {
    const { maps } = words('x a b c d e f', toPrevious);
    const found = await searchPattern(maps, { name: 'previous-token' }, NOT_CANCELLED);
    assert.equal(found.order[0], 5);
    assert.deepEqual([found.mass[5], found.massWithoutSink[5]], [1, 1]);
    assertCloseValues([found.cosine[5]], [1], 1e-6, 'cosine');
    assert.ok(found.cosine.every((value, row) => row === 5 || value < 0.99));
  });

  const questions: Record<string, PatternQuestion> = {
    'by name': { name: 'same-token' },
    drawn: {
      drawn: [
        [3, 1],
        [3, 2],
        [6, 0],
        [5, 5],
      ],
    },
  };
  for (const [kind, question] of Object.entries(questions)) {
    it(`${kind}: mass and cosine are what they say`, async () => {
      const { reading, maps } = words('a b a b c a b', UNEVEN, { windows: [4, null] });
      const isTarget = (destination: number, source: number) =>
        'drawn' in question
          ? question.drawn.some(([d, s]) => d === destination && s === source)
          : source !== destination &&
            source > 0 &&
            destination > 0 &&
            reading.tokens[source].id === reading.tokens[destination].id;
      const found = await searchPattern(maps, question, NOT_CANCELLED);
      for (let row = 0; row < 6; row++) {
        const rows = rowsOf(reading, Math.floor(row / 3), row % 3).filter(({ token, sources }) =>
          sources.some((source) => isTarget(token, source.token)),
        );
        const cells = rows.flatMap(({ token, sources }) =>
          sources.map((source) => ({ ...source, hit: isTarget(token, source.token) })),
        );
        const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
        const hits = cells.filter(({ hit }) => hit);
        const counted = cells.filter(({ position }) => 'drawn' in question || position > 0);
        const mass = sum(hits.map(({ value }) => value));
        const length = Math.sqrt(sum(counted.map(({ value }) => value ** 2)));
        const outside = sum(cells.filter(({ position }) => position > 0).map(({ value }) => value));
        assertCloseValues([found.mass[row]], [mass / rows.length], 1e-6, 'mass');
        assertCloseValues([found.massWithoutSink[row]], [mass / outside], 1e-6, 'mass without sink');
        assertCloseValues([found.cosine[row]], [mass / Math.sqrt(hits.length) / length], 1e-6, 'cosine');
      }
    });
  }

  it('finds nothing, and says so, where the text has no such pattern', async () => {
    const { maps } = words('x a b');
    const found = await searchPattern(maps, { name: 'matching-bracket' }, NOT_CANCELLED);
    assert.deepEqual([found.cells, found.destinations], [0, 0]);
    assert.ok(found.mass.every(Number.isNaN));
    assert.deepEqual(Array.from(found.order), [0, 1, 2, 3, 4, 5]);
  });

  it('of a pattern that is not there, or drawn beside the text, is refused', async () => {
    const { maps } = words('x a b');
    const wrong: PatternQuestion[] = [
      { name: 'nothing' as PatternName },
      { drawn: [[1, 3]] },
      { drawn: [[0.5, 0]] },
    ];
    for (const question of wrong)
      await assert.rejects(searchPattern(maps, question, NOT_CANCELLED), isError('usage'));
  });
});

/** A text whose words stand between spaces, a token each. */
function words(text: string, weight = UNEVEN, changes: ConstructorParameters<typeof MadeUpModel>[0] = {}) {
  const pieces = text.split(' ').map((word, index) => (index === 0 ? word : ` ${word}`));
  return cut(text, pieces, weight, changes);
}

function cut(
  text: string,
  pieces: string[],
  weight = UNEVEN,
  changes: ConstructorParameters<typeof MadeUpModel>[0] = {},
) {
  const ids = [...new Set(pieces.map((piece) => piece.trim()))];
  let start = 0;
  const tokens = pieces.map((piece): Token => {
    const end = start + piece.length;
    const token = { id: ids.indexOf(piece.trim()), piece, start, end };
    start = end;
    return token;
  });
  const model = new MadeUpModel({ n_ctx: 16, ...changes }, weight);
  const reading = new Reading(model, tokens, [], text);
  return { reading, maps: new AttentionMaps(reading) };
}

function named(
  { tokens }: Reading,
  pairs: { destinations: ArrayLike<number>; sources: ArrayLike<number> },
): string[] {
  const name = (token: number) => `${tokens[token].piece.trim()}${token}`;
  return Array.from(pairs.destinations, (token, index) => `${name(token)}←${name(pairs.sources[index])}`);
}
