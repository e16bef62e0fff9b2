// The plainest tokenizer: a token for each letter, none for spaces.
import { IncrementalDecoder } from '../../src/backend/tokenizer/incrementalDecoder';
import type { Token, Tokenizer } from '../../src/backend/tokenizer/tokenizer';

/** Letters from `a` have the ids from 1; with `begins`, the id 0 stands before every text. */
export function characters(vocabularySize: number, begins: boolean): Tokenizer {
  const piece = (id: number) => (id === 0 ? '<begin>' : String.fromCharCode(96 + id));
  const bytesOf = (id: number) => new TextEncoder().encode(piece(id));
  const idsOf = (text: string) => [
    ...(begins ? [0] : []),
    ...Array.from(text.replaceAll(' ', ''), (letter) => letter.charCodeAt(0) - 96),
  ];
  return {
    kind: 'characters',
    vocabularySize,
    beginOfText: begins ? 0 : undefined,
    endOfText: undefined,
    encode: (text) => [
      ...(begins ? [{ id: 0, piece: piece(0), start: 0, end: 0 }] : []),
      ...Array.from(text).flatMap((letter, start): Token[] => {
        const id = letter.charCodeAt(0) - 96;
        return letter === ' ' ? [] : [{ id, piece: letter, start, end: start + 1 }];
      }),
    ],
    encodeIds: (text) => Int32Array.from(idsOf(text)),
    decode: (ids) => Array.from(ids, piece).join(''),
    startDecoding: () => new IncrementalDecoder({ bytesOf }),
    piece,
  };
}
