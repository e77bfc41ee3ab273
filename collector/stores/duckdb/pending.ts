import type { Rows } from '../store.ts';
import { USUAL_ROWS } from './messages.ts';
import type { DayRows, DescribedSeries } from './messages.ts';

/** Rows that wait for their commit, by day. */
export interface Pending {
  /** Adds the rows of a log record; `skip` says of which days they are in the partition already. */
  add(rows: Rows, sequence: number, skip?: (day: string) => boolean): void;
  /** All that waits, or undefined where nothing does. */
  take(): Taken | undefined;
  /** Takes the columns of a commit that is done back, to be filled again. */
  giveBack(parts: readonly DayRows[]): void;
  readonly length: number;
}

/** Rows on their way to a commit. */
export interface Taken {
  readonly parts: readonly DayRows[];
  /** The highest log record among them. */
  readonly upTo: number;
}

interface Columns {
  readonly day: string;
  series: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  length: number;
  readonly described: DescribedSeries[];
}

const DAY_MS = 86_400_000;
/** Days whose known series are remembered; another day's series are described again, which costs space and changes no answer. */
const DAYS_KNOWN = 4;
/** Room of a new set of columns, and how many sets are kept to be filled again. */
const FIRST_ROWS = 65_536;
const SETS_KEPT = 3;

/** Nothing pending. `describe` answers what a series is. */
export function openPending(describe: (series: number) => { readonly name: string; readonly labelText: string } | undefined): Pending {
  const known = new Map<number, Uint8Array>();
  let days = new Map<number, Columns>();
  let length = 0;
  let upTo = 0;
  const free: DayRows[] = [];

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

  const addDay = (day: number, rows: Rows, from: number, to: number): void => {
    let columns = days.get(day);
    if (columns === undefined) days.set(day, (columns = emptyColumns(nameOf(day), free.pop())));
    const count = to - from;
    reserve(columns, columns.length + count);
    columns.series.set(rows.series.subarray(from, to), columns.length);
    columns.times.set(rows.times.subarray(from, to), columns.length);
    columns.values.set(rows.values.subarray(from, to), columns.length);
    columns.length += count;
    length += count;
    let flags = knownOf(day, 0);
    for (let at = from; at < to; at++) {
      const id = rows.series[at] as number;
      if (flags[id] === 1) continue;
      flags = knownOf(day, id);
      flags[id] = 1;
      const description = describe(id);
      if (description !== undefined) columns.described.push({ id, ...description });
    }
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
      const taken = { parts: [...days.values()], upTo };
      days = new Map();
      length = 0;
      return taken;
    },
    giveBack(parts) {
      for (const part of parts) if (free.length < SETS_KEPT && part.series.length <= USUAL_ROWS) free.push(part);
    },
    get length() {
      return length;
    },
  };
}

function emptyColumns(day: string, used: DayRows | undefined): Columns {
  const series = used?.series ?? new Uint32Array(FIRST_ROWS);
  const times = used?.times ?? new Float64Array(FIRST_ROWS);
  const values = used?.values ?? new Float64Array(FIRST_ROWS);
  return { day, series, times, values, length: 0, described: [] };
}

function reserve(columns: Columns, length: number): void {
  if (length <= columns.series.length) return;
  const size = Math.max(length, columns.series.length * 2);
  const { series, times, values } = columns;
  columns.series = new Uint32Array(size);
  columns.series.set(series);
  columns.times = new Float64Array(size);
  columns.times.set(times);
  columns.values = new Float64Array(size);
  columns.values.set(values);
}

function nameOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
