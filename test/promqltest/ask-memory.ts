import type { Labels } from '../../collector/promql/labels.ts';
import { evaluate } from '../../collector/promql/evaluate.ts';
import type { Answer, QueryLimits, Steps } from '../../collector/promql/evaluation.ts';
import { parse } from '../../collector/promql/parse.ts';
import type { Queryable } from '../../collector/promql/queryable.ts';
import { createMemoryQueryable } from './memory-queryable.ts';
import { readSeriesLine } from './series-line.ts';

/** Prometheus's limits. */
export const usualLimits: QueryLimits = { samples: 50_000_000, lookback: 300_000, subqueryStep: 60_000 };

/** Samples in memory, written as scripts write them: a series a line, a point every `step` milliseconds from time 0. */
export function loaded(step: number, ...lines: readonly string[]): Queryable {
  const queryable = createMemoryQueryable();
  for (const line of lines) {
    const { labels, points } = readSeriesLine(line);
    const samples = points.flatMap((value, at) => (value === undefined ? [] : [{ time: at * step, value }]));
    queryable.add(labels, samples);
  }
  return queryable;
}

/** Asks a question at one time, or over steps; milliseconds. */
export async function ask(
  queryable: Queryable,
  text: string,
  when: number | Steps,
  { limits = usualLimits, signal = new AbortController().signal }: { limits?: QueryLimits; signal?: AbortSignal } = {},
): Promise<Answer> {
  const steps = typeof when === 'number' ? { start: when, end: when, step: 0 } : when;
  return await evaluate(parse(text, { experimental: true }), steps, { text, queryable, limits, signal });
}

/** An answer, a series a line: labels, and the value at each step or `_` where there is none. */
export function answerLines(answer: Answer): readonly string[] {
  switch (answer.type) {
    case 'string':
      return [answer.value];
    case 'scalar':
      return [[...answer.values].join(' ')];
    case 'vector':
      return answer.columns.map(
        ({ labels, values, present }) =>
          `${labelsLine(labels)} ${Array.from(values, (value, at) => (present[at] === 1 ? value : '_')).join(' ')}`,
      );
    case 'matrix':
    default:
      return answer.series.map(
        ({ labels, times, values }) => `${labelsLine(labels)} ${Array.from(times, (time, at) => `${values[at]}@${time}`).join(' ')}`,
      );
  }
}

function labelsLine(labels: Labels): string {
  const pairs = labels.flatMap((name, at) => (at % 2 === 0 && name !== '__name__' ? [`${name}=${labels[at + 1]}`] : []));
  const name = labels[labels.indexOf('__name__') + 1];
  return `${labels.includes('__name__') ? name : ''}{${pairs.join(',')}}`;
}
