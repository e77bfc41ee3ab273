import type { SeriesSamples } from '../../promql/queryable.ts';
import { labelsKey } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import { QueryError } from '../../promql/query-error.ts';
import type { Cell } from './answers.ts';

/** Samples of a series that grow as rows come, in the order of their times. */
export interface Growing {
  readonly times: number[];
  readonly values: number[];
}

/** Adds a cell of the answer; what is no number is no sample, and of two in one millisecond the later one stands. */
export function grow({ times, values }: Growing, time: number, cell: Cell): void {
  if (cell === null || typeof cell === 'string') return;
  const value = Number(cell);
  if (times.at(-1) === time) values[values.length - 1] = value;
  else {
    times.push(time);
    values.push(value);
  }
}

/** The series as a question has it. */
export function grown(labels: Labels, { times, values }: Growing): SeriesSamples {
  return { labels, times: Float64Array.from(times), values: Float64Array.from(values), staleAt: [], buckets: undefined };
}

/** Series that may come in several parts, as the database has them under several names. */
export interface Gathered {
  add(series: SeriesSamples): void;
  /** Each of them once, and whole. */
  all(): readonly SeriesSamples[];
}

/** Gathers series, at most so many samples of them; throws QueryError `execution` beyond. */
export function gathered(most: number): Gathered {
  const held = new Map<string, SeriesSamples>();
  let samples = 0;
  return {
    add(series) {
      samples += series.times.length;
      if (samples > most) throw new QueryError('execution', 'query processing would load too many samples into memory in query execution');
      const key = labelsKey(series.labels);
      const other = held.get(key);
      held.set(key, other === undefined ? series : merged(other, series));
    },
    all: () => [...held.values()],
  };
}

function merged(one: SeriesSamples, other: SeriesSamples): SeriesSamples {
  const samples: Growing = { times: [], values: [] };
  let at = 0;
  let from = 0;
  while (at < one.times.length || from < other.times.length) {
    const mine = one.times[at] ?? Number.POSITIVE_INFINITY;
    const its = other.times[from] ?? Number.POSITIVE_INFINITY;
    if (mine <= its) grow(samples, mine, one.values[at++] as number);
    else grow(samples, its, other.values[from++] as number);
  }
  return grown(one.labels, samples);
}
