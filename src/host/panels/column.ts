// Where a view opens: never on top of the text that it is about.

/** VS Code has columns 1 to 9. */
const LAST_COLUMN = 9;

/**
 * The column to move a view to, given the text's and its own; undefined where it may stay. A text without a column
 * is in no tab, so that no view can hide it.
 */
export function columnBeside(text: number | undefined, view: number | undefined): number | undefined {
  if (text === undefined || text !== view) return undefined;
  return text < LAST_COLUMN ? text + 1 : LAST_COLUMN - 1;
}
