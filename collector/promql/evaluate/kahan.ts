/** Sums with what their additions lost, step by step: Kahan's compensated summation with Neumaier's improvement, as Prometheus sums. */
export interface Sums {
  readonly sums: Float64Array;
  readonly lost: Float64Array;
}

/** Adds `value` to the sum at a step; the sum without its loss is answered. */
export function addTo({ sums, lost }: Sums, step: number, value: number): number {
  const sum = sums[step] as number;
  const next = sum + value;
  sums[step] = next;
  if (next === Infinity || next === -Infinity) lost[step] = 0;
  else if (Math.abs(sum) >= Math.abs(value)) lost[step] = (lost[step] as number) + (sum - next + value);
  else lost[step] = (lost[step] as number) + (value - next + sum);
  return next;
}
