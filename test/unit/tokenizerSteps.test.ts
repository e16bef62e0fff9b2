// The steps of tokenizer.json by hand-made examples: normalizers, pre-tokenizers, models, added tokens.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertTiles, covered, isTokenizerError, pieces, tokenizerOf, wordLevel } from './tokenizerFixtures';

/** The parts of the source that the pieces of a pre-tokenizer stand for; all of them are unknown words. */
function cuts(pre_tokenizer: object, text: string): string[] {
  return covered(tokenizerOf({ pre_tokenizer, model: wordLevel() }), text);
}

/** Spells every character of the normalized text as a token, and shows what each covers. */
function characters(normalizer: object, text: string): [string, string][] {
  const vocab = Object.fromEntries(
    Array.from('abcdefghijklmnopqrstuvwxyzσßéÉ \u0301').map((letter, id) => [letter, id]),
  );
  const tokenizer = tokenizerOf({
    normalizer,
    pre_tokenizer: null,
    decoder: { type: 'Fuse' },
    model: { type: 'BPE', vocab: { ...vocab, '?': 99 }, merges: [], unk_token: '?' },
  });
  const tokens = tokenizer.encode(text);
  assertTiles(tokens, text);
  return tokens.map(({ piece, start, end }) => [piece, text.slice(start, end)]);
}

describe('a normalizer', () => {
  it('joins characters: the token covers both', () => {
    assert.deepEqual(characters({ type: 'NFC' }, 'ae\u0301b'), [
      ['a', 'a'],
      ['é', 'e\u0301'],
      ['b', 'b'],
    ]);
  });

  it('joins Korean letters to a syllable', () => {
    assert.deepEqual(characters({ type: 'NFC' }, '\u1112\u1161\u11aba'), [
      ['?', '\u1112\u1161\u11ab'],
      ['a', 'a'],
    ]);
  });

  it('takes a character apart: the first token covers it', () => {
    assert.deepEqual(characters({ type: 'NFD' }, 'aéb'), [
      ['a', 'a'],
      ['e', 'é'],
      ['\u0301', ''],
      ['b', 'b'],
    ]);
    assert.deepEqual(characters({ type: 'NFKC' }, 'ﬁx'), [
      ['f', 'ﬁ'],
      ['i', ''],
      ['x', 'x'],
    ]);
  });

  it('keeps the places of marks that join nothing', () => {
    const found = characters({ type: 'NFC' }, 'e\u0301\u0332\u0489');
    assert.deepEqual(found.at(-1), ['?', '\u0489']);
  });

  it('sorts the marks of one character only up to a thousand, because it takes the square of their number', () => {
    const sorted = (count: number): string =>
      characters({ type: 'NFD' }, `e${'\u0301'.repeat(count)}\u0323`)[1][0];
    assert.equal(sorted(100), '?', 'the mark below comes before those above');
    assert.equal(sorted(100_000), '\u0301');
  });

  it('lower-cases each character by itself, so that no sigma is final', () => {
    assert.deepEqual(characters({ type: 'Lowercase' }, 'ΣΣ'), [
      ['σ', 'Σ'],
      ['σ', 'Σ'],
    ]);
    assert.deepEqual(
      characters({ type: 'Lowercase' }, 'İb').map(([, source]) => source),
      ['İ', '', 'b'],
    );
  });

  it('drops accents: they go to the next token, the last ones to the last', () => {
    const steps = { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }] };
    assert.deepEqual(characters(steps, 'éa\u0301b\u0301'), [
      ['e', 'é'],
      ['a', 'a'],
      ['b', '\u0301b\u0301'],
    ]);
  });

  it('replaces, strips and prepends', () => {
    const replace = { type: 'Replace', pattern: { Regex: 'b+' }, content: 'xy' };
    assert.deepEqual(characters(replace, 'abbbc'), [
      ['a', 'a'],
      ['x', 'bbb'],
      ['y', ''],
      ['c', 'c'],
    ]);
    const strip = { type: 'Strip', strip_left: true, strip_right: true };
    assert.deepEqual(characters(strip, ' \u0085a b\n'), [
      ['a', ' \u0085a'],
      [' ', ' '],
      ['b', 'b\n'],
    ]);
    assert.deepEqual(characters({ type: 'Prepend', prepend: 'z' }, 'a'), [
      ['z', ''],
      ['a', 'a'],
    ]);
    assert.deepEqual(characters({ type: 'Prepend', prepend: 'z' }, ''), []);
  });

  it('cannot blow a text up without bound', () => {
    const replace = { type: 'Replace', pattern: { String: 'a' }, content: 'b'.repeat(1000) };
    assert.throws(() => characters(replace, 'a'.repeat(1000)), isTokenizerError('hand.json', '32 times'));
  });
});

describe('a pre-tokenizer', () => {
  const split = (behavior: string, invert = false): object => ({
    type: 'Split',
    pattern: { Regex: '[aeiou]' },
    behavior,
    invert,
  });

  it('splits at matches and does with them what it is told', () => {
    assert.deepEqual(cuts(split('Isolated'), 'lioness'), ['l', 'i', 'o', 'n', 'e', 'ss']);
    assert.deepEqual(cuts(split('Contiguous'), 'lioness'), ['l', 'io', 'n', 'e', 'ss']);
    assert.deepEqual(cuts(split('MergedWithPrevious'), 'lioness'), ['li', 'o', 'ne', 'ss']);
    assert.deepEqual(cuts(split('MergedWithNext'), 'lioness'), ['l', 'i', 'on', 'ess']);
    assert.deepEqual(cuts(split('Removed'), 'lioness'), ['l', 'ion', 'ess']);
    assert.deepEqual(cuts(split('Removed', true), 'lioness'), ['li', 'o', 'ness']);
    assert.deepEqual(cuts(split('merged_with_next'), 'lioness'), ['l', 'i', 'on', 'ess']);
  });

  it('splits nothing at a text of no length', () => {
    assert.deepEqual(cuts({ type: 'Split', pattern: { String: '' }, behavior: 'Isolated' }, 'ab'), ['ab']);
    assert.deepEqual(cuts({ type: 'Split', pattern: { String: '.' }, behavior: 'Isolated' }, 'a.b'), [
      'a',
      '.',
      'b',
    ]);
  });

  it('knows words, digits and punctuation of all scripts', () => {
    assert.deepEqual(cuts({ type: 'Whitespace' }, 'naïve, शब्द!'), ['naïve', ',', ' शब्द', '!']);
    assert.deepEqual(cuts({ type: 'Digits', individual_digits: false }, 'a12٣½b'), ['a', '12٣½', 'b']);
    assert.deepEqual(cuts({ type: 'Digits', individual_digits: true }, 'a1٣'), ['a', '1', '٣']);
    assert.deepEqual(cuts({ type: 'Punctuation' }, 'a—$b'), ['a', '—', '$', 'b']);
    assert.deepEqual(cuts({ type: 'CharDelimiterSplit', delimiter: '|' }, 'a|b'), ['a', '|b']);
    assert.deepEqual(cuts({ type: 'FixedLength', length: 2 }, 'a😀bc'), ['a😀', 'bc']);
  });

  it('runs one after the other', () => {
    const steps = [{ type: 'WhitespaceSplit' }, { type: 'Punctuation' }];
    assert.deepEqual(cuts({ type: 'Sequence', pretokenizers: steps }, 'a b,c'), ['a', ' b', ',', 'c']);
  });

  it('spells spaces as ▁ and lets none join across words unless told so', () => {
    const vocab = { '▁': 0, a: 1, '▁a': 2, '▁▁': 3, '<unk>': 4 };
    const model = { type: 'BPE', vocab, merges: ['▁ ▁', '▁ a'], unk_token: '<unk>' };
    const decoder = { type: 'Metaspace' };
    const metaspace = (parts: object) =>
      tokenizerOf({ model, decoder, pre_tokenizer: { type: 'Metaspace', replacement: '▁', ...parts } });
    assert.deepEqual(pieces(metaspace({ split: true }), 'a   a'), [' a', ' ', ' ', ' a']);
    assert.deepEqual(pieces(metaspace({ split: false }), 'a   a'), [' a', '  ', ' a']);
    assert.deepEqual(pieces(metaspace({ prepend_scheme: 'never' }), 'a a'), ['a', ' a']);
    assert.deepEqual(covered(metaspace({}), 'a a'), ['a', ' a']);
  });

  it('puts the ▁ of scheme "first" before the text, not after each special token', () => {
    const vocab = { '▁': 0, a: 1, '<s>': 2 };
    const added_tokens = [{ id: 2, content: '<s>', special: true }];
    const model = { type: 'BPE', vocab, merges: [] };
    const spell = (prepend_scheme: string, text: string): string =>
      pieces(
        tokenizerOf({
          model,
          added_tokens,
          decoder: { type: 'Metaspace' },
          pre_tokenizer: { type: 'Metaspace', prepend_scheme },
        }),
        text,
      ).join('|');
    assert.equal(spell('first', 'a<s>a'), ' |a|<s>|a');
    assert.equal(spell('always', 'a<s>a'), ' |a|<s>| |a');
  });
});

describe('a post-processor', () => {
  const ids = (post_processor: object): number[] =>
    tokenizerOf({ post_processor })
      .encode('a b')
      .map(({ id }) => id);
  const bert = { type: 'BertProcessing', cls: ['[CLS]', 7], sep: ['[SEP]', 8] };
  const special_tokens = { x: { ids: [5, 6] } };
  const single = [{ SpecialToken: { id: 'x' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: 'x' } }];
  const template = { type: 'TemplateProcessing', single, special_tokens };

  it('puts tokens around the text', () => {
    assert.deepEqual(ids(bert), [7, 1, 2, 8]);
    assert.deepEqual(ids({ ...bert, type: 'RobertaProcessing' }), [7, 1, 2, 8]);
    assert.deepEqual(ids(template), [5, 6, 1, 2, 5, 6]);
    assert.deepEqual(ids({ type: 'ByteLevel' }), [1, 2]);
  });

  it('goes around the one before it', () => {
    const processors = [{ type: 'ByteLevel' }, bert, template];
    assert.deepEqual(ids({ type: 'Sequence', processors }), [5, 6, 7, 1, 2, 8, 5, 6]);
  });
});

describe('an added token', () => {
  const tokenizer = (token: object, normalizer: object | null = null) =>
    tokenizerOf({ normalizer, model: wordLevel('b'), added_tokens: [{ id: 9, content: 'X', ...token }] });

  it('is found anywhere, the longest first', () => {
    const added_tokens = [
      { id: 8, content: '<a>' },
      { id: 9, content: '<a><b>' },
    ];
    const both = tokenizerOf({ added_tokens });
    assert.deepEqual(pieces(both, '<a><b><a>x'), ['<a><b>', '<a>', '[UNK]']);
    assert.deepEqual(covered(both, '<a><b><a>x'), ['<a><b>', '<a>', 'x']);
  });

  it('takes white space with it when told so', () => {
    assert.deepEqual(covered(tokenizer({ lstrip: true }), 'b  X  b'), ['b', '  X', '  b']);
    assert.deepEqual(covered(tokenizer({ rstrip: true }), 'b  X  b'), ['b', '  X  ', 'b']);
  });

  it('takes white space that would have been a token', () => {
    const pre_tokenizer = { type: 'FixedLength', length: 1 };
    const added_tokens = [{ id: 9, content: 'X', lstrip: true }];
    assert.deepEqual(covered(tokenizerOf({ pre_tokenizer, added_tokens }), 'b  X b'), ['b', '  X', ' ', 'b']);
  });

  it('can be a word only', () => {
    assert.deepEqual(pieces(tokenizer({ single_word: true }), 'X bX X-b'), ['X', '[UNK]', 'X', '[UNK]']);
    assert.deepEqual(pieces(tokenizer({ single_word: false }), 'bX'), ['b', 'X']);
  });

  it('is looked for in the normalized text or in the text itself', () => {
    const lowercase = { type: 'Lowercase' };
    assert.deepEqual(pieces(tokenizer({ normalized: true }, lowercase), 'b X x'), ['b', 'X', 'X']);
    assert.deepEqual(pieces(tokenizer({ normalized: false }, lowercase), 'b X x'), ['b', 'X', '[UNK]']);
    const normalized = { content: 'e', normalized: true };
    assert.deepEqual(pieces(tokenizer(normalized, { type: 'NFC' }), 'e\u0301'), ['[UNK]']);
  });

  it('is shown as it stands, not as bytes', () => {
    const model = { type: 'BPE', vocab: { a: 0 }, merges: [] };
    const added_tokens = [{ id: 1, content: 'é' }];
    assert.equal(tokenizerOf({ model, added_tokens, decoder: { type: 'ByteLevel' } }).piece(1), 'é');
  });
});

describe('a model', () => {
  it('of words needs a token for those it does not know', () => {
    const model = { type: 'WordLevel', vocab: { a: 0 }, unk_token: '[UNK]' };
    assert.throws(
      () => tokenizerOf({ model }).encode('a b'),
      isTokenizerError('hand.json', "no token for 'b'"),
    );
  });

  it('of word pieces takes the longest from the left, and the whole word as unknown where one is missing', () => {
    const vocab = { '[UNK]': 0, un: 1, una: 2, '##able': 3, '##ble': 4 };
    const tokenizer = tokenizerOf({ model: { type: 'WordPiece', vocab, max_input_chars_per_word: 8 } });
    assert.deepEqual(pieces(tokenizer, 'unable unx'), ['una', '##ble', '[UNK]']);
    assert.deepEqual(covered(tokenizer, 'unable unx'), ['una', 'ble', ' unx']);
    assert.deepEqual(pieces(tokenizer, 'unableableable'), ['[UNK]']);
  });

  it('of byte pairs fuses unknown characters, marks ends of words, and may look words up first', () => {
    const vocab = { '?': 0, a: 1, b: 2, ab: 3, 'b</w>': 4, 'ab</w>': 5, abab: 6 };
    const bpe = (parts: object) =>
      tokenizerOf({ model: { type: 'BPE', vocab, unk_token: '?', merges: ['a b'], ...parts } });
    assert.deepEqual(pieces(bpe({}), 'axyb'), ['a', '?', '?', 'b']);
    assert.deepEqual(covered(bpe({ fuse_unk: true }), 'axyb'), ['a', 'xy', 'b']);
    assert.deepEqual(covered(bpe({ unk_token: null, merges: [] }), 'axyba'), ['a', 'xyb', 'a']);
    const suffixed = bpe({ end_of_word_suffix: '</w>', merges: [['a', 'b</w>']] });
    assert.deepEqual(pieces(suffixed, 'abab'), ['a', 'b', 'ab</w>']);
    const prefixed = {
      vocab: { '?': 0, a: 1, '#b': 2, ab: 3 },
      merges: ['a #b'],
      continuing_subword_prefix: '#',
    };
    assert.deepEqual(pieces(bpe(prefixed), 'abb b'), ['ab', '#b', '?']);
    assert.deepEqual(pieces(bpe({}), 'abab'), ['ab', 'ab']);
    assert.deepEqual(pieces(bpe({ ignore_merges: true }), 'abab'), ['abab']);
  });
});
