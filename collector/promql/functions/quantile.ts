/** The quantile of the values, between two of them weighted; sorts `values`. NaN counts as less than everything; outside of 0 to 1 it is infinite. */
export function quantileOf(quantile: number, values: Float64Array): number {
  const count = values.length;
  if (count === 0 || isNaN(quantile)) return NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  values.sort();
  // A typed array puts NaN last.
  let nans = 0;
  while (nans < count && isNaN(values[count - 1 - nans] as number)) nans++;
  const at = (index: number) => (index < nans ? NaN : (values[index - nans] as number));
  const rank = quantile * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}
