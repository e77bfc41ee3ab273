/** Sets a bit of a row, the lowest of a byte first: how DuckDB says which rows have a value. */
export function setBit(bits: Uint8Array, at: number, to: boolean): void {
  const byte = bits[at >> 3] as number;
  bits[at >> 3] = to ? byte | (1 << (at & 7)) : byte & ~(1 << (at & 7));
}
