import type { Rows } from '../store.ts';
import type { DaySegments, DescribedSeries, Notice } from './messages.ts';
import { lengthOf, publish, SEGMENT_ROWS, segmentOf } from './segment.ts';
import type { Segment } from './segment.ts';

// Rows wait in segments (memory of two threads), are copied into the file by a commit, and are let go of. Answers are whole whatever
// comes between, because
// - segments and what series are is told before the rows are published, and the store's thread listens before every commit and every
//   piece of an answer: what was acknowledged before a question was asked is seen by it;
// - a piece copies the rows that wait before it looks at the file, and rows are let go of only when they are in the file: each is
//   found in one of them (readPiece). What is found in both is the same sample, and counts once (inOrder);
// - a day's rows are committed in the order they came: a commit takes all of its segments, later rows go into others, a commit that
//   failed is made again before the next one, and sorting keeps the order. So what stands later in the file came later, and what
//   waits came later than what is in the file: the last that came stands;
// - what is held decoded gets the rows of a commit in the same step in which they are let go of, and what was read while a commit
//   ended is not held (SampleCache);
// - a segment is filled again once its commit was answered. By then the store's thread has dropped it, nobody reads it later, as
//   what waits is copied in one step, and it is told of the new use like of a new one.

/** Rows that wait for their commit, by day, in memory that the store's thread reads, too. */
export interface Pending {
  /** Adds the rows of a log record; `skip` says of which days they are in the partition already. */
  add(rows: Rows, sequence: number, skip?: (day: string) => boolean): void;
  /** All that waits, or undefined where nothing does. */
  take(): Taken | undefined;
  /** Takes the memory of a commit that is done back, to be filled again. */
  giveBack(taken: Taken): void;
  /** Forgets what is known of a day whose file has gone. */
  forget(day: string): void;
  readonly length: number;
}

/** Rows on their way to a commit. */
export interface Taken {
  readonly parts: readonly DaySegments[];
  /** The highest log record among them. */
  readonly upTo: number;
  readonly segments: readonly Segment[];
}

const DAY_MS = 86_400_000;
/** Days whose known series are remembered; another day's series are described again, which changes no answer. */
const DAYS_KNOWN = 4;
/** Segments kept to be filled again: those of a usual commit, and of the rows that come while it runs. */
const SEGMENTS_KEPT = 24;

/** Nothing pending. `describe` answers what a series is, `tell` brings a notice to the store's thread. */
export function openPending(
  describe: (series: number) => { readonly name: string; readonly labelText: string } | undefined,
  tell: (notice: Notice) => void,
): Pending {
  const known = new Map<number, Uint8Array>();
  let days = new Map<number, Segment[]>();
  let length = 0;
  let upTo = 0;
  let segments = 0;
  const free: Segment[] = [];

  const knownOf = (day: number, highest: number): Uint8Array => {
    let flags = known.get(day);
    if (flags === undefined || flags.length <= highest) {
      const longer = new Uint8Array(Math.max(1024, highest + 1, (flags?.length ?? 0) * 2));
      if (flags !== undefined) longer.set(flags);
      flags = longer;
      known.delete(day);
      known.set(day, flags);
      const [oldest] = known.keys();
      if (known.size > DAYS_KNOWN && oldest !== undefined) known.delete(oldest);
    }
    return flags;
  };

  const openSegment = (day: number): Segment => {
    const used = free.pop();
    if (used !== undefined) publish(used, 0);
    const segment = used ?? segmentOf(++segments);
    const own = days.get(day);
    if (own === undefined) days.set(day, [segment]);
    else own.push(segment);
    tell({ kind: 'segment', day: nameOf(day), id: segment.id, buffer: segment.buffer });
    return segment;
  };

  const addDay = (day: number, rows: Rows, from: number, to: number): void => {
    let flags = knownOf(day, 0);
    let described: DescribedSeries[] | undefined;
    for (let at = from; at < to; at++) {
      const id = rows.series[at] as number;
      if (flags[id] === 1) continue;
      flags = knownOf(day, id);
      flags[id] = 1;
      const description = describe(id);
      if (description !== undefined) (described ??= []).push({ id, name: description.name, labelText: description.labelText });
    }
    if (described !== undefined) tell({ kind: 'described', day: nameOf(day), series: described });
    for (let at = from; at < to;) {
      let segment = days.get(day)?.at(-1);
      if (segment === undefined || lengthOf(segment) === SEGMENT_ROWS) segment = openSegment(day);
      const held = lengthOf(segment);
      const end = Math.min(to, at + SEGMENT_ROWS - held);
      segment.series.set(rows.series.subarray(at, end), held);
      segment.times.set(rows.times.subarray(at, end), held);
      segment.values.set(rows.values.subarray(at, end), held);
      publish(segment, held + end - at);
      at = end;
    }
    length += to - from;
  };

  return {
    add(rows, sequence, skip) {
      upTo = Math.max(upTo, sequence);
      const { times } = rows;
      for (let from = 0; from < rows.length;) {
        const day = Math.floor((times[from] as number) / DAY_MS);
        const start = day * DAY_MS;
        const end = start + DAY_MS;
        let to = from + 1;
        while (to < rows.length && (times[to] as number) >= start && (times[to] as number) < end) to++;
        if (skip === undefined || !skip(nameOf(day))) addDay(day, rows, from, to);
        from = to;
      }
    },
    take() {
      if (days.size === 0) return undefined;
      const parts = Array.from(days, ([day, own]) => ({ day: nameOf(day), segments: own.map(({ id }) => id) }));
      const taken = { parts, upTo, segments: [...days.values()].flat() };
      days = new Map();
      length = 0;
      return taken;
    },
    giveBack(taken) {
      for (const segment of taken.segments) if (free.length < SEGMENTS_KEPT) free.push(segment);
    },
    forget(day) {
      known.delete(Date.parse(day) / DAY_MS);
      tell({ kind: 'forgotten', day });
    },
    get length() {
      return length;
    },
  };
}

function nameOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
