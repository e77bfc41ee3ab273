import type { Rows } from '../stores/store.ts';
import type { Group } from './group.ts';
import { goneAt, isSilent, isStale } from './gone.ts';
import type { SeriesTable } from './series-table.ts';

/** Where marks go: rows with NaN as of which a series has gone. */
export type Mark = (rows: Rows) => void;

/** What looks for series that have gone. */
export interface GoneMarker {
  /** Looks through all series once; resolves when that is done. */
  sweep(): Promise<void>;
  stop(): void;
}

const SWEEP_MS = 5000;
/** How long a sweep goes on before the event loop gets its turn. */
const SLICE_MS = 3;
/** Groups looked at between two looks at the clock. */
const STRETCH = 64;
/** After the collector or its clock has stood still, nodes have so long to be heard of again. */
const GRACE_MS = 30_000;

/**
 * Looks every few seconds for series whose node or source has gone, and marks each once: questions then see it end instead of
 * its last value for minutes. Ingest has no part in it. Who has not been heard of since the collector was started has not gone.
 */
export function startMarking(table: SeriesTable, mark: Mark, now: () => number): GoneMarker {
  // By slot: the time of the sample that a mark was put behind.
  let marked = new Float64Array(1024).fill(Number.NaN);
  let rows = emptyRows();
  let before = now();
  let graceUntil = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  const send = (): void => {
    if (rows.length === 0) return;
    mark(rows);
    rows = emptyRows();
  };
  const put = (slot: number, group: Group, isNodeSilent: boolean, time: number): void => {
    const last = table.latest.time(slot);
    if (slot >= marked.length) marked = longer(marked, slot + 1);
    if (marked[slot] === last || last === Number.NEGATIVE_INFINITY) return;
    const gone = goneAt(table, slot, group, isNodeSilent);
    // By the node's clock, which is taken to go on since its last post.
    if (isNodeSilent && time - group.node.seenAt < gone - group.node.newest) return;
    marked[slot] = last;
    if (rows.length === rows.times.length) send();
    rows.series[rows.length] = table.id(slot);
    rows.times[rows.length] = gone;
    rows.values[rows.length++] = Number.NaN;
  };
  const look = (group: Group, time: number): void => {
    const { node, outside, seenAt, slots } = group;
    // Nothing has come of it but what was read from the log at the start.
    if ((outside ? seenAt : node.seenAt) === Number.NEGATIVE_INFINITY) return;
    const isNodeSilent = !outside && isSilent(node, time);
    for (const slot of slots) if (isNodeSilent || isStale(table, slot, group, time)) put(slot, group, isNodeSilent, time);
  };
  const lookThrough = async (): Promise<void> => {
    const time = now();
    let sliceEnd = performance.now() + SLICE_MS;
    for (let at = 0; at < table.groupsEnd; at++) {
      const group = table.groupAt(at);
      // Spellings of a group stand beside it.
      if (group?.at === at) look(group, time);
      if (at % STRETCH !== 0 || performance.now() < sliceEnd) continue;
      send();
      await new Promise(setImmediate);
      sliceEnd = performance.now() + SLICE_MS;
    }
    send();
  };
  const sweep = (): Promise<void> => {
    running ??= lookThrough().finally(() => (running = undefined));
    return running;
  };

  const timer = setInterval(() => {
    const time = now();
    const passed = time - before;
    before = time;
    if (passed > 3 * SWEEP_MS || passed < 0) graceUntil = time + GRACE_MS;
    if (time >= graceUntil) void sweep();
  }, SWEEP_MS);
  timer.unref();
  return { sweep, stop: () => clearInterval(timer) };
}

/** Marks that are handed on at a time. */
const MOST_ROWS = 4096;

interface Filling extends Rows {
  length: number;
}

function emptyRows(): Filling {
  return { length: 0, series: new Uint32Array(MOST_ROWS), times: new Float64Array(MOST_ROWS), values: new Float64Array(MOST_ROWS) };
}

function longer(times: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(Math.max(least, times.length * 2)).fill(Number.NaN);
  grown.set(times);
  return grown;
}
