/** Whole numbers up to 2^53 as DuckDB keeps 64-bit integers: two halves each, the low one first. A BigInt each would cost more than writing them. */
export function toHalves(numbers: Float64Array, length: number, halves: Int32Array): void {
  for (let at = 0; at < length; at++) {
    const number = numbers[at] as number;
    const high = Math.floor(number / 2 ** 32);
    halves[2 * at] = (number - high * 2 ** 32) | 0;
    halves[2 * at + 1] = high;
  }
}
