/** A sum and what rounding has kept from it so far; `sum + compensation` is the better answer. */
export interface KahanSum {
  sum: number;
  compensation: number;
}

/** An empty sum. */
export function kahanSum(): KahanSum {
  return { sum: 0, compensation: 0 };
}

/** Adds by Kahan's method with Neumaier's improvement: the smaller of both gives what is lost. An infinite sum loses nothing. */
export function kahanAdd(into: KahanSum, value: number): void {
  const { sum } = into;
  const next = sum + value;
  if (next === Infinity || next === -Infinity) into.compensation = 0;
  else if (Math.abs(sum) >= Math.abs(value)) into.compensation += sum - next + value;
  else into.compensation += value - next + sum;
  into.sum = next;
}

/** The sum of the entries from `from` up to `to`, which is not included. */
export function kahanSumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  let compensation = 0;
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) compensation = 0;
    else if (Math.abs(sum) >= Math.abs(value)) compensation += sum - next + value;
    else compensation += value - next + sum;
    sum = next;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + compensation;
}

/** The mean of the entries; of the running mean where the sum would be too large for a double. */
export function kahanMeanOf(values: Float64Array, from: number, to: number): number {
  const total = kahanSum();
  total.sum = values[from] as number;
  for (let at = from + 1; at < to; at++) {
    const { sum, compensation } = total;
    kahanAdd(total, values[at] as number);
    if (total.sum === Infinity || total.sum === -Infinity) {
      const count = at - from;
      return runningMean({ sum: sum / count, compensation: compensation / count }, values, from, at, to);
    }
  }
  const count = to - from;
  return total.sum / count + total.compensation / count;
}

function runningMean(mean: KahanSum, values: Float64Array, from: number, at: number, to: number): number {
  for (let next = at; next < to; next++) {
    const count = next - from + 1;
    const kept = (count - 1) / count;
    mean.sum *= kept;
    mean.compensation *= kept;
    kahanAdd(mean, (values[next] as number) / count);
  }
  return mean.sum + mean.compensation;
}
