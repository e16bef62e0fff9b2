// Where a view opens: never on top of the text that it is about.

/**
 * The one of all `columns` where a new view opens: with other views that do not lie over the text, else right of the text.
 * The active column may be that of a view, so that beside it would be a third one. Undefined where there is none.
 * @param views columns in which views are
 */
export function columnForNew<Column>(
  columns: readonly Column[],
  text: Column | undefined,
  views: readonly Column[],
): Column | undefined {
  const found = views.find((column) => column !== text);
  return found ?? (text === undefined ? undefined : columns.at(columns.indexOf(text) + 1));
}

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
