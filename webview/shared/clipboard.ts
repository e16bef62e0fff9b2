// Tables of numbers as CSV, for the clipboard.

/** Rows as CSV (RFC 4180): quoted where a cell needs it. */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Copies rows as CSV. */
export function copyCsv(rows: readonly (readonly (string | number)[])[]): void {
  void navigator.clipboard.writeText(toCsv(rows));
}
