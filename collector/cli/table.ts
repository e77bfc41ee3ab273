/** Rows under their heads, in columns as wide as they need; those in `right` end at the same place. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], right: ReadonlySet<string>): string {
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => all.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const padded = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return right.has(heads[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
  };
  return all.map((row) => `${row.map(padded).join('  ').trimEnd()}\n`).join('');
}

/** A text that others have sent, which must not move the cursor of whoever reads it. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
