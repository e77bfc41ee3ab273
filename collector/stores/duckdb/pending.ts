import type { Rows } from '../store.ts';
import type { DayRows, DescribedSeries } from './messages.ts';

/** Rows that wait for their commit, by day. */
export interface Pending {
  /** Adds the rows of a log record; `skip` says of which days they are in the partition already. */
  add(rows: Rows, sequence: number, skip?: (day: string) => boolean): void;
  /** All that waits, in columns made for being handed over, or undefined where nothing does. */
  take(): Taken | undefined;
  readonly length: number;
}

/** Rows on their way to a commit. */
export interface Taken {
  readonly parts: readonly Part[];
  readonly length: number;
  /** The highest log record among them. */
  readonly upTo: number;
}

/** The rows of one day; `copy` makes columns that may be given away, and may be called again where that failed. */
export interface Part {
  copy(): DayRows;
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

/** Nothing pending. `describe` answers what a series is. */
export function openPending(describe: (series: number) => { readonly name: string; readonly labelText: string } | undefined): Pending {
  const known = new Map<number, Uint8Array>();
  let days = new Map<number, Columns>();
  let length = 0;
  let upTo = 0;

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
    if (columns === undefined) days.set(day, (columns = emptyColumns(day)));
    const count = to - from;
    reserve(columns, columns.length + count);
    columns.series.set(rows.series.subarray(from, to), columns.length);
    columns.times.set(rows.times.subarray(from, to), columns.length);
    columns.values.set(rows.values.subarray(from, to), columns.length);
    columns.length += count;
    length += count;
    let highest = 0;
    for (let at = from; at < to; at++) if ((rows.series[at] as number) > highest) highest = rows.series[at] as number;
    const flags = knownOf(day, highest);
    for (let at = from; at < to; at++) {
      const id = rows.series[at] as number;
      if (flags[id] === 1) continue;
      flags[id] = 1;
      const description = describe(id);
      if (description !== undefined) columns.described.push({ id, ...description });
    }
  };

  return {
    add(rows, sequence, skip = () => false) {
      upTo = Math.max(upTo, sequence);
      for (let from = 0; from < rows.length;) {
        const day = Math.floor((rows.times[from] as number) / DAY_MS);
        const start = day * DAY_MS;
        const end = start + DAY_MS;
        let to = from + 1;
        while (to < rows.length && (rows.times[to] as number) >= start && (rows.times[to] as number) < end) to++;
        if (!skip(nameOf(day))) addDay(day, rows, from, to);
        from = to;
      }
    },
    take() {
      if (days.size === 0) return undefined;
      const taken = { parts: [...days.values()].map(partOf), length, upTo };
      days = new Map();
      length = 0;
      return taken;
    },
    get length() {
      return length;
    },
  };
}

function emptyColumns(day: number): Columns {
  const size = 8192;
  const columns = { series: new Uint32Array(size), times: new Float64Array(size), values: new Float64Array(size) };
  return { day: nameOf(day), ...columns, length: 0, described: [] };
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

function partOf({ day, described, series, times, values, length }: Columns): Part {
  return {
    copy: () => ({
      day,
      described,
      series: series.slice(0, length),
      times: times.slice(0, length),
      values: values.slice(0, length),
    }),
  };
}

function nameOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
