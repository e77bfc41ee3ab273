/** The middle of some numbers; NaN of none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The number below which this share of them stands, between two neighbours where it falls between them; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** A number in as many digits as mean something. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Median with least and most, for a cell of the table. */
export function spread(numbers: readonly number[], unit: string): string {
  return `${shown(median(numbers))}${unit} (${shown(Math.min(...numbers))}–${shown(Math.max(...numbers))})`;
}
