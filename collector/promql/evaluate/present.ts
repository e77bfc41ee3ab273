/** Where a column of counts has any. */
export function presentOf(counts: Float64Array): Uint8Array {
  return Uint8Array.from(counts, (some) => (some > 0 ? 1 : 0));
}
