// Where everything stands in the figure: the true tree above the string, upside down the one that was read below it, so
// that a token's symbols stand over each other.

/** Pixels. */
export const ROW = 20;
const [TOKENS, CAPTION] = [22, 16];
/** Columns are as wide as the view allows, within these: two digits are read in the narrowest. */
const [NARROWEST, WIDEST] = [18, 44];
/** Around a word in its column. */
const WORD_ROOM = 6;

export interface Layout {
  /** Of the column of names on the left. */
  side: number;
  column: number;
  tokens: number;
  rows: number;
  width: number;
  height: number;
  /** Upper edges. */
  trueTop: number;
  tokenTop: number;
  readTop: number;
}

/**
 * @param rows levels that are shown
 * @param width pixels that there are
 * @param word pixels of the longest word
 */
export function layoutOf(tokens: number, rows: number, width: number, word: number): Layout {
  const side = width < 420 ? 34 : 60;
  const smallest = Math.max(NARROWEST, Math.min(WIDEST, Math.ceil(word) + WORD_ROOM));
  const fitting = Math.floor((width - side - 8) / Math.max(1, tokens));
  const column = Math.max(smallest, Math.min(WIDEST, fitting));
  const trueTop = CAPTION;
  const tokenTop = trueTop + rows * ROW + 2;
  const readTop = tokenTop + TOKENS + 2;
  return {
    side,
    column,
    tokens,
    rows,
    width: side + tokens * column + 8,
    height: readTop + rows * ROW + CAPTION,
    trueTop,
    tokenTop,
    readTop,
  };
}

/** Upper edge of a level's row, true or read: the level nearest to the terminals stands next to the string in both. */
export function rowTop({ trueTop, readTop, rows }: Layout, row: number, half: 'true' | 'read'): number {
  return half === 'true' ? trueTop + row * ROW : readTop + (rows - 1 - row) * ROW;
}

/** The token and level at a point; null beside them. The tokens' own row counts as the lowest level. */
export function placeAt(layout: Layout, x: number, y: number): { token: number; row: number } | null {
  const { side, column, tokens, rows, trueTop, tokenTop, readTop } = layout;
  const token = Math.floor((x - side) / column);
  if (x < side || token >= tokens || rows === 0) return null;
  if (y >= trueTop && y < tokenTop)
    return { token, row: Math.min(rows - 1, Math.floor((y - trueTop) / ROW)) };
  if (y >= tokenTop && y < readTop) return { token, row: rows - 1 };
  const below = Math.floor((y - readTop) / ROW);
  return y >= readTop && below < rows ? { token, row: rows - 1 - below } : null;
}
