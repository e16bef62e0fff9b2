// Where a view opens: never on top of the text that it is about.

/**
 * The one of all `columns` to move a view to, given the text's and its own; undefined where it may stay. A text
 * without a column is in no tab, so that no view can hide it.
 */
export function columnBeside<Column>(
  columns: readonly Column[],
  text: Column | undefined,
  view: Column | undefined,
): Column | undefined {
  if (text === undefined || text !== view) return undefined;
  const index = columns.indexOf(text);
  return columns.at(index + 1) ?? columns.at(index - 1);
}
