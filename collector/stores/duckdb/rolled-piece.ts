import type { Piece } from './ask-messages.ts';
import type { Stretch } from './samples.ts';
import { isCounter } from './sealed/counters.ts';
import type { SealedPart } from './read-sealed.ts';

/** What one day has of a series: samples, or buckets with what is known of the series on that day. */
export type DayPart = Stretch | RolledDay;

/** A day's buckets of a series, of this many milliseconds. */
export interface RolledDay extends SealedPart {
  readonly resolution: number;
}

/** A piece of which some days are roll-ups; a sample of the others is a bucket of its own. */
export interface RolledPiece {
  finish(): Piece;
  /** Adds a series; its parts are in the order of time. */
  add(name: string, labelText: string, parts: readonly DayPart[]): void;
}

const COLUMNS = ['times', 'values', 'counts', 'sums', 'mins', 'maxs'] as const;
type Columns = Record<(typeof COLUMNS)[number], Float64Array<ArrayBuffer>>;

/** How a counter is added up: its last value, and what it would be had it never begun anew. */
interface Counter {
  last: number;
  total: number;
}

/** A piece with buckets of this length at most; counters' values are without resets where a rate is asked for. */
export function rolledPiece(resolution: number, isRate: boolean): RolledPiece {
  const series: string[] = [];
  const ends: number[] = [];
  const staleAt = new Map<number, readonly number[]>();
  let length = 0;
  let columns = room(1024);

  const push = (time: number, value: number, count: number, sum: number, min: number, max: number): void => {
    if (length === columns.times.length) columns = grown(columns);
    columns.times[length] = time;
    columns.values[length] = value;
    columns.counts[length] = count;
    columns.sums[length] = sum;
    columns.mins[length] = min;
    columns.maxs[length++] = max;
  };
  const addSamples = ({ times, values, from, to }: Stretch, counter: Counter | undefined, marks: number[]): void => {
    for (let at = from; at < to; at++) {
      const time = times[at] as number;
      const value = values[at] as number;
      if (Number.isNaN(value)) marks.push(time);
      else push(time, counter === undefined ? value : advance(counter, gainTo(counter, value), value), 1, value, value, value);
    }
  };
  const addBuckets = ({ rolled, name, resolution }: RolledDay, counter: Counter | undefined): void => {
    const { times, values, buckets } = rolled;
    if (buckets === undefined) return;
    const { counts, sums, mins, maxs, increases } = buckets;
    for (let at = 0; at < times.length; at++) {
      const time = times[at] as number;
      const last = values[at] as number;
      let value = last;
      if (counter !== undefined && increases !== undefined) {
        // What a day's first bucket gained is counted from the day's first sample on.
        const isFirst = at === 0 && Math.ceil(name.first / resolution) === Math.ceil(time / resolution);
        const before = isFirst ? gainTo(counter, name.firstValue) : 0;
        value = advance(counter, before + (increases[at] as number), last);
      }
      push(time, value, counts[at] as number, sums[at] as number, mins[at] as number, maxs[at] as number);
    }
  };

  return {
    add(name, labelText, parts) {
      const counter = isRate && isCounter(name) ? { last: Number.NaN, total: 0 } : undefined;
      const before = length;
      const marks: number[] = [];
      for (const part of parts) {
        if ('rolled' in part) addBuckets(part, counter);
        else addSamples(part, counter, marks);
      }
      if (length === before && marks.length === 0) return;
      if (marks.length > 0) staleAt.set(ends.length, marks);
      series.push(name, labelText);
      ends.push(length);
    },
    finish(): Piece {
      const { times, values, ...buckets } = cut(columns, length);
      return { series, ends: Uint32Array.from(ends), times, values, staleAt, buckets: { resolution, ...buckets } };
    },
  };
}

// What a counter has gained when it stands at a value: a value below the last one is that of a counter that has begun anew.
function gainTo({ last }: Counter, value: number): number {
  return value >= last ? value - last : value;
}

// Moves a counter on; answers what it would be had it never begun anew.
function advance(counter: Counter, gain: number, last: number): number {
  counter.total = Number.isNaN(counter.last) ? last : counter.total + gain;
  counter.last = last;
  return counter.total;
}

function room(length: number): Columns {
  return Object.fromEntries(COLUMNS.map((column) => [column, new Float64Array(length)])) as Columns;
}

function grown(columns: Columns): Columns {
  const longer = room(columns.times.length * 2);
  for (const column of COLUMNS) longer[column].set(columns[column]);
  return longer;
}

function cut(columns: Columns, length: number): Columns {
  return Object.fromEntries(COLUMNS.map((column) => [column, columns[column].slice(0, length)])) as Columns;
}
