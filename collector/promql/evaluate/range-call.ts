import type { Call, Expression } from '../ast.ts';
import type { CallContext, RangeFunction } from '../functions/function.ts';
import { eachSeries, neededBy } from './each-series.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { columnsFrom } from './filler.ts';
import { momentsOf, type Scope } from './scope.ts';
import { eachOfSubquery } from './subquery.ts';
import { typeOf, withoutParentheses } from './type-of.ts';
import { windows } from './windows.ts';

/** A function of windows over a range selector or a subquery. */
export async function streamRangeCall(
  evaluator: Evaluator,
  call: Call,
  called: RangeFunction,
  scope: Scope,
  context: CallContext,
  sink: Sink,
): Promise<void> {
  const others: Float64Array[] = [];
  let ranged: Expression | undefined;
  for (const arg of call.args) {
    if (typeOf(arg) === 'matrix') ranged = withoutParentheses(arg);
    else others.push(await evaluator.scalar(arg, scope));
  }
  const dropsName = !called.keepsName;
  if (ranged?.kind === 'selector' && ranged.range !== undefined) {
    const needed = neededBy(evaluator, ranged, scope, call.name);
    const fill = columnsFrom(evaluator, scope.count, windows(called, needed.moments, ranged.range, others, context), sink);
    await eachSeries(evaluator, ranged, needed, (series) => fill(series, dropsName));
  } else if (ranged?.kind === 'subquery') {
    const moments = momentsOf(ranged, scope, evaluator.question);
    const fill = columnsFrom(evaluator, scope.count, windows(called, moments, ranged.range, others, context), sink);
    await eachOfSubquery(evaluator, ranged, scope, (series, isDropped) => fill(series, dropsName || isDropped));
  }
}
