// Bytes as text: the alphabet in which byte-level BPE spells them, and how raw bytes are shown to people.
import { AlignedText } from './alignment';

/** The letter that spells each byte in GPT-2's alphabet. */
export const LETTER_OF_BYTE: string[] = [];
const BYTE_OF_LETTER = new Map<string, number>();

// GPT-2's bytes_to_unicode: printable Latin-1 stands for itself, the other bytes are U+0100 and up, in order.
let unprintable = 0;
for (let byte = 0; byte < 256; byte++) {
  const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const letter = String.fromCharCode(isPrintable ? byte : 0x100 + unprintable++);
  LETTER_OF_BYTE.push(letter);
  BYTE_OF_LETTER.set(letter, byte);
}

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of each piece spelt in GPT-2's alphabet; all bytes of a character end where the character ends. */
export function spellBytes(pieces: readonly AlignedText[]): AlignedText[] {
  return pieces.map((piece) => {
    const { text } = piece;
    // One byte each: the places stay as they are.
    if (/^[\0-\x7F]*$/.test(text)) return piece.respelt(spell(text, text.length));
    const bytes = encoder.encode(text);
    const ends = new Int32Array(bytes.length);
    let at = 0;
    for (let index = 0; index < text.length;) {
      const codePoint = text.codePointAt(index)!;
      index += codePoint > 0xffff ? 2 : 1;
      const next = at + utf8Length(codePoint);
      ends.fill(piece.sourceEnd(index), at, next);
      at = next;
    }
    return AlignedText.of(spellInLetters(bytes), ends, piece.sourceStart);
  });
}

/** The UTF-8 bytes of a text spelt in GPT-2's alphabet. */
export function bytesInLetters(text: string): string {
  return spellInLetters(encoder.encode(text));
}

function spellInLetters(bytes: Uint8Array): string {
  let spelling = '';
  for (const byte of bytes) spelling += LETTER_OF_BYTE[byte];
  return spelling;
}

function spell(ascii: string, length: number): string {
  let spelling = '';
  for (let index = 0; index < length; index++) spelling += LETTER_OF_BYTE[ascii.charCodeAt(index)];
  return spelling;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** The bytes that a token spells in GPT-2's alphabet; a token with any other letter is taken as it stands. */
export function bytesOfSpelling(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let index = 0; index < token.length; index++) {
    const byte = BYTE_OF_LETTER.get(token[index]);
    if (byte === undefined) return encoder.encode(token);
    bytes[index] = byte;
  }
  return bytes;
}

/** The byte that a piece such as `<0xE2>` stands for. */
export function byteOfPiece(piece: string): number | undefined {
  return /^<0x[0-9A-F]{2}>$/i.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : undefined;
}

/** The piece that stands for a raw byte: `<0xE2>`. */
export function pieceOfByte(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** Bytes as text for people: characters where the bytes are UTF-8, `<0xE2>` where they are not. */
export function showBytes(bytes: Uint8Array): string {
  const whole = tryDecode(bytes);
  if (whole !== undefined) return whole;
  let shown = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = tryDecode(bytes.subarray(at, at + length));
    shown += character ?? pieceOfByte(first);
    at += character === undefined ? 1 : length;
  }
  return shown;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
