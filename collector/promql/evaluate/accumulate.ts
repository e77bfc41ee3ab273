import type { AggregateOperator } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import { addTo, type Sums } from './kahan.ts';
import { averageOf } from './average.ts';
import { presentOf } from './present.ts';

/** Operators whose groups need no more than a few numbers a step, so that their input is never held. */
export type AccumulatedOperator = Exclude<AggregateOperator, 'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'quantile' | 'count_values'>;

/** A group as it takes in one column after the other. */
export interface Accumulator {
  add(column: Column): void;
  /** The group's values; asked for once. */
  finish(): Pick<Column, 'values' | 'present'>;
}

/** What makes the accumulators of an operator, and how many cells each holds a step. */
export interface Accumulation {
  readonly cells: number;
  create(count: number): Accumulator;
}

/** The accumulation of an operator, with Prometheus's arithmetic. */
export function accumulationOf(op: AccumulatedOperator): Accumulation {
  switch (op) {
    case 'sum':
      return { cells: 2, create: sum };
    case 'avg':
      return { cells: 4, create: averageOf };
    case 'count':
      return { cells: 1, create: count };
    case 'group':
      return { cells: 1, create: group };
    case 'min':
      return { cells: 1, create: (count) => extreme(count, (value, least) => value < least) };
    case 'max':
      return { cells: 1, create: (count) => extreme(count, (value, most) => value > most) };
    case 'stdvar':
      return { cells: 3, create: (count) => variance(count, (value) => value) };
    case 'stddev':
    default:
      return { cells: 3, create: (count) => variance(count, Math.sqrt) };
  }
}

function sum(count: number): Accumulator {
  const state: Sums = { sums: new Float64Array(count), lost: new Float64Array(count) };
  const seen = new Uint8Array(count);
  return {
    add({ values, present }) {
      for (let step = 0; step < count; step++) {
        if (present[step] === 0) continue;
        const value = values[step] as number;
        if (seen[step] === 1) addTo(state, step, value);
        else {
          seen[step] = 1;
          state.sums[step] = value;
        }
      }
    },
    finish() {
      for (let step = 0; step < count; step++) state.sums[step] = (state.sums[step] as number) + (state.lost[step] as number);
      return { values: state.sums, present: seen };
    },
  };
}

function count(count: number): Accumulator {
  const counts = new Float64Array(count);
  return {
    add({ present }) {
      for (let step = 0; step < count; step++) counts[step] = (counts[step] as number) + (present[step] as number);
    },
    finish: () => ({ values: counts, present: presentOf(counts) }),
  };
}

function group(count: number): Accumulator {
  const seen = new Uint8Array(count);
  return {
    add({ present }) {
      for (let step = 0; step < count; step++) if (present[step] === 1) seen[step] = 1;
    },
    finish: () => ({ values: new Float64Array(count).fill(1), present: seen }),
  };
}

/** NaN only where there is nothing else. */
function extreme(count: number, isFurther: (value: number, than: number) => boolean): Accumulator {
  const furthest = new Float64Array(count);
  const seen = new Uint8Array(count);
  return {
    add({ values, present }) {
      for (let step = 0; step < count; step++) {
        if (present[step] === 0) continue;
        const value = values[step] as number;
        const until = furthest[step] as number;
        if (seen[step] === 0 || isFurther(value, until) || Number.isNaN(until)) furthest[step] = value;
        seen[step] = 1;
      }
    },
    finish: () => ({ values: furthest, present: seen }),
  };
}

/** Welford's algorithm. */
function variance(count: number, finished: (variance: number) => number): Accumulator {
  const means = new Float64Array(count);
  const squares = new Float64Array(count);
  const counts = new Float64Array(count);
  return {
    add({ values, present }) {
      for (let step = 0; step < count; step++) {
        if (present[step] === 0) continue;
        const value = values[step] as number;
        const seen = (counts[step] as number) + 1;
        counts[step] = seen;
        if (seen === 1) {
          means[step] = value;
          squares[step] = Number.isFinite(value) ? 0 : Number.NaN;
          continue;
        }
        const delta = value - (means[step] as number);
        const mean = (means[step] as number) + delta / seen;
        means[step] = mean;
        squares[step] = (squares[step] as number) + delta * (value - mean);
      }
    },
    finish() {
      for (let step = 0; step < count; step++) squares[step] = finished((squares[step] as number) / (counts[step] as number));
      return { values: squares, present: presentOf(counts) };
    },
  };
}
