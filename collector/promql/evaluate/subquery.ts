import type { Subquery } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import type { SeriesSamples } from '../queryable.ts';
import type { Evaluator } from './evaluator.ts';
import { momentsOf, scopeWithin, type Scope } from './scope.ts';

/** Evaluates what a subquery is of, at its own steps, and passes on each column as samples; their arrays come again with the next. */
export async function eachOfSubquery(
  evaluator: Evaluator,
  subquery: Subquery,
  scope: Scope,
  each: (series: SeriesSamples, dropsName: boolean) => Promise<void>,
): Promise<void> {
  const { meter, limits, question } = evaluator;
  const inner = scopeWithin(momentsOf(subquery, scope, question), subquery.range, subquery.step ?? limits.subqueryStep);
  if (inner.count === 0) return;
  // Before anything is allocated: a year of seconds may be asked for.
  meter.hold(2 * inner.count);
  const { start, step } = inner.steps;
  const scratch = { times: new Float64Array(inner.count), values: new Float64Array(inner.count) };
  await evaluator.stream(subquery.of, inner, async (column) => {
    const samples = compact(column, start, step, scratch.times, scratch.values);
    const times = scratch.times.subarray(0, samples);
    const values = scratch.values.subarray(0, samples);
    await each({ labels: column.labels, times, values, staleAt: [], buckets: undefined }, column.dropsName);
    return false;
  });
  meter.release(2 * inner.count);
}

function compact({ values, present }: Column, start: number, step: number, timesTo: Float64Array, valuesTo: Float64Array): number {
  let samples = 0;
  for (let at = 0; at < values.length; at++) {
    if (present[at] === 0) continue;
    timesTo[samples] = start + at * step;
    valuesTo[samples] = values[at] as number;
    samples++;
  }
  return samples;
}
