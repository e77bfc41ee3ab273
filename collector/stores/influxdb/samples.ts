import type { SeriesSamples } from '../../promql/queryable.ts';
import { labelsKey } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import { QueryError } from '../../promql/query-error.ts';
import type { Cell } from './answers.ts';

/** Samples of a series that grow as rows come, in the order of their times; beside JavaScript's own heap, which is for labels and texts. */
export interface Growing {
  length: number;
  times: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
}

const FIRST_ROOM = 16;

/** No samples yet. */
export function growing(): Growing {
  return { length: 0, times: new Float64Array(FIRST_ROOM), values: new Float64Array(FIRST_ROOM) };
}

/** Adds a cell of the answer; what is no number is no sample, and of two in one millisecond the later one stands. */
export function grow(samples: Growing, time: number, cell: Cell): void {
  if (cell === null || typeof cell === 'string') return;
  if (samples.length > 0 && samples.times[samples.length - 1] === time) samples.length--;
  if (samples.length === samples.times.length) {
    samples.times = longer(samples.times);
    samples.values = longer(samples.values);
  }
  samples.times[samples.length] = time;
  samples.values[samples.length++] = Number(cell);
}

function longer(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

/** The series as a question has it. */
export function grown(labels: Labels, { length, times, values }: Growing): SeriesSamples {
  return { labels, times: times.slice(0, length), values: values.slice(0, length), staleAt: [], buckets: undefined };
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
  const samples = growing();
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
