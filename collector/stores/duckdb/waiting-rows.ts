import { filled, lengthOf, SEGMENT_ROWS, segmentOf } from './segment.ts';
import type { FilledColumns, Segment } from './segment.ts';

/** The rows of one day that are in memory only, or on their way into the file, as the store's thread sees them. */
export interface WaitingRows {
  /** Rows will come into this memory from now on. */
  open(id: number, buffer: SharedArrayBuffer): void;
  /** The rows of these segments, in the order they came. */
  columnsOf(ids: readonly number[]): readonly FilledColumns[];
  /** Lets go of the oldest segments, whose rows are in the file. */
  drop(ids: readonly number[]): void;
  /** Calls for every row that carries one of the collector's numbers, in the order they came. */
  each(series: readonly number[], take: (time: number, value: number) => void): void;
  readonly isEmpty: boolean;
}

interface Indexed {
  readonly segment: Segment;
  /** Rows that the index has. */
  length: number;
  /** By row: the place of the row of the same series before it, counted from 1. */
  before: Uint32Array | undefined;
}

/** Places are counted in 32 bits; long before they are used up, they are counted anew. */
const MOST_ORDINALS = 2 ** 32 / SEGMENT_ROWS - 4096;

/**
 * Nothing waits. Rows are found by an index that is made when somebody asks, of what has come since somebody asked last; nobody
 * asking, it costs nothing.
 */
export function waitingRows(): WaitingRows {
  let held: Indexed[] = [];
  // A row's place: its segment's ordinal times the rows of a segment, and its row there. Ordinals only grow.
  let firstOrdinal = 0;
  // By the collector's number of a series: the place of its last row, counted from 1.
  let heads = new Uint32Array(1024);

  const index = (indexed: Indexed, ordinal: number): void => {
    const { segment } = indexed;
    const length = lengthOf(segment);
    if (length === indexed.length) return;
    const before = (indexed.before ??= new Uint32Array(SEGMENT_ROWS));
    const { series } = segment;
    for (let row = indexed.length; row < length; row++) {
      const id = series[row] as number;
      if (id >= heads.length) heads = longer(heads, id + 1);
      before[row] = heads[id] as number;
      heads[id] = ordinal * SEGMENT_ROWS + row + 1;
    }
    indexed.length = length;
  };

  const countAnew = (): void => {
    firstOrdinal = 0;
    heads.fill(0);
    for (const indexed of held) indexed.length = 0;
  };

  const placesOf = (series: readonly number[]): number[] => {
    for (const [at, indexed] of held.entries()) index(indexed, firstOrdinal + at);
    const places: number[] = [];
    const first = firstOrdinal * SEGMENT_ROWS;
    for (const id of series) {
      // Places before the first are of rows that are in the file now.
      for (let place = (heads[id] ?? 0) - 1; place >= first;) {
        places.push(place);
        const { before } = held[Math.floor(place / SEGMENT_ROWS) - firstOrdinal] as Indexed;
        place = (before?.[place % SEGMENT_ROWS] ?? 0) - 1;
      }
    }
    return series.length === 1 ? places.reverse() : places.sort((a, b) => a - b);
  };

  return {
    open(id, buffer) {
      if (firstOrdinal + held.length >= MOST_ORDINALS) countAnew();
      held.push({ segment: segmentOf(id, buffer), length: 0, before: undefined });
    },
    columnsOf(ids) {
      const asked = held.filter(({ segment }) => ids.includes(segment.id));
      return asked.map(({ segment }) => filled(segment));
    },
    drop(ids) {
      const left = held.filter(({ segment }) => !ids.includes(segment.id));
      firstOrdinal += held.length - left.length;
      held = left;
    },
    each(series, take) {
      for (const place of placesOf(series)) {
        const { times, values } = (held[Math.floor(place / SEGMENT_ROWS) - firstOrdinal] as Indexed).segment;
        const row = place % SEGMENT_ROWS;
        take(times[row] as number, values[row] as number);
      }
    },
    get isEmpty() {
      return held.length === 0;
    },
  };
}

function longer(numbers: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(Math.max(least, numbers.length * 2));
  grown.set(numbers);
  return grown;
}
