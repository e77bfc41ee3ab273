import type { Selector } from '../ast.ts';
import { eachSeries, neededBy } from './each-series.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { columnsFrom } from './filler.ts';
import { lookBack } from './look-back.ts';
import type { Scope } from './scope.ts';

/** An instant vector: each series' latest value at the steps, or its time where `timestamp` asks for it. */
export async function streamSelector(
  evaluator: Evaluator,
  selector: Selector,
  scope: Scope,
  sink: Sink,
  answer: 'value' | 'time' = 'value',
): Promise<void> {
  const needed = neededBy(evaluator, selector, scope, answer === 'time' ? 'timestamp' : '');
  const fill = columnsFrom(evaluator, scope.count, lookBack(needed.moments, evaluator.limits.lookback, answer), sink);
  const isTime = answer === 'time';
  await eachSeries(evaluator, selector, needed, (series) => fill(series, isTime));
}
