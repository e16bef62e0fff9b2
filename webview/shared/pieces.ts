// How token pieces are written: whitespace visible, control characters by code, long pieces cut in the middle.

/** A stretch of a piece; a mark stands for a character that would not be seen. */
export interface Stretch {
  text: string;
  mark: boolean;
}

const marks: Record<string, string> = { ' ': '·', '\n': '↵', '\r': '␍', '\t': '→', '\u00a0': '⍽' };
const unseen = /[ \n\r\t\u00a0]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A piece with every whitespace and control character as a mark. */
export function visible(piece: string): Stretch[] {
  if (piece === '') return [{ text: '∅', mark: true }];
  const stretches: Stretch[] = [];
  let from = 0;
  for (const { 0: character, index } of piece.matchAll(unseen)) {
    // The joiner holds emoji together and is seen by what it does.
    if (character === '\u200d') continue;
    if (index > from) stretches.push({ text: piece.slice(from, index), mark: false });
    stretches.push({ text: marks[character] ?? code(character), mark: true });
    from = index + character.length;
  }
  if (from < piece.length) stretches.push({ text: piece.slice(from), mark: false });
  return stretches;
}

/** As `visible`, but a space beside other characters stays a space: for running text. */
export function running(piece: string): Stretch[] {
  if (piece.trim() === '') return visible(piece);
  return visible(piece).map((stretch) => (stretch.text === '·' && stretch.mark ? space : stretch));
}
const space: Stretch = { text: ' ', mark: false };

/** A piece in one line of plain text, whitespace visible; for labels, tooltips and tables. */
export function plain(piece: string): string {
  return visible(piece)
    .map((stretch) => stretch.text)
    .join('');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `longest` characters of a text, the middle left out. */
export function cutMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (characters.length <= longest) return text;
  const head = Math.ceil((longest - 1) / 2);
  const tail = longest - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

function code(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
