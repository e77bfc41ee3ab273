import type { Expression } from '../ast.ts';
import type { RawSeries } from '../evaluation.ts';
import type { SeriesSamples } from '../queryable.ts';
import { eachSeries, neededBy } from './each-series.ts';
import type { Evaluator } from './evaluator.ts';
import { compareLabels, sameLabels, withoutDroppedNames } from './finish.ts';
import { momentsOf, type Scope } from './scope.ts';
import { eachOfSubquery } from './subquery.ts';
import { withoutParentheses } from './type-of.ts';

type Raw = RawSeries & { readonly dropsName: boolean };

/** The samples of a range selector or a subquery at the only step of a scope, in the order of their labels. */
export async function matrixOf(evaluator: Evaluator, expression: Expression, scope: Scope): Promise<readonly RawSeries[]> {
  const found: Raw[] = [];
  const ranged = withoutParentheses(expression);
  if (ranged.kind !== 'selector' && ranged.kind !== 'subquery') throw new TypeError(`a ${ranged.kind} is no matrix`);
  const end = momentsOf(ranged, scope, evaluator.question).first;
  const start = end - (ranged.range ?? 0);
  const keep = async (series: SeriesSamples, dropsName: boolean): Promise<void> => {
    const from = firstAfter(series.times, start);
    const to = firstAfter(series.times, end);
    if (from === to) return;
    evaluator.meter.hold(to - from);
    found.push({ labels: series.labels, times: series.times.slice(from, to), values: series.values.slice(from, to), dropsName });
  };
  if (ranged.kind === 'selector') await eachSeries(evaluator, ranged, neededBy(evaluator, ranged, scope, ''), keep);
  else await eachOfSubquery(evaluator, ranged, scope, keep);
  return withoutDroppedNames(found, merged)
    .map(({ labels, times, values }) => ({ labels, times, values }))
    .sort((a, b) => compareLabels(a.labels, b.labels));
}

function firstAfter(times: Float64Array, moment: number): number {
  let at = 0;
  while (at < times.length && (times[at] as number) <= moment) at++;
  return at;
}

function merged(first: Raw, second: Raw): Raw {
  const samples = [first, second].flatMap(({ times, values }) => Array.from(times, (time, at) => ({ time, value: values[at] as number })));
  samples.sort((a, b) => a.time - b.time);
  for (const [at, { time }] of samples.entries()) if (samples[at + 1]?.time === time) throw sameLabels();
  return { ...first, times: Float64Array.from(samples, ({ time }) => time), values: Float64Array.from(samples, ({ value }) => value) };
}
