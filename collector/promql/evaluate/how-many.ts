import { floatText } from '../go-text.ts';
import { QueryError } from '../query-error.ts';

/**
 * Whether at any step at least one series is wanted, by the parameter of topk and its like. Throws a QueryError where a number is none
 * or does not fit 64 bits; but where none is wanted anywhere, nothing is looked at, as in Prometheus.
 */
export function isAnyWanted(wanted: Float64Array): boolean {
  const most = wanted.reduce((a, b) => Math.max(a, b), -Number.MAX_VALUE);
  const least = wanted.reduce((a, b) => Math.min(a, b), Number.MAX_VALUE);
  if (most < 1) return false;
  if (Number.isNaN(most)) throw new QueryError('execution', 'Parameter value is NaN');
  if (least <= -(2 ** 63)) throw new QueryError('execution', `Scalar value ${floatText(least)} underflows int64`);
  if (most >= 2 ** 63) throw new QueryError('execution', `Scalar value ${floatText(most)} overflows int64`);
  return true;
}
