import { growing, push, reserve } from './samples.ts';
import type { Growing, Stretch } from './samples.ts';

/**
 * The samples of one series that came in these stretches, one after the other: in the order of their times, each time once, the
 * last that came standing. Answers a stretch as it is where nothing has to be done; else one in `room`, which is good until it is
 * used again.
 */
export function inOrder(stretches: readonly Stretch[], room: Growing): Stretch {
  const some = stretches.filter(({ from, to }) => to > from);
  const [first] = some;
  if (first === undefined) return { times: room.times, values: room.values, from: 0, to: 0 };
  if (some.length === 1) return sorted(first);
  room.length = 0;
  reserve(
    room,
    some.reduce((sum, { from, to }) => sum + to - from, 0),
  );
  for (const stretch of some) add(room, sorted(stretch));
  return { times: room.times, values: room.values, from: 0, to: room.length };
}

/** Whether times rise from sample to sample. */
function isSorted({ times, from, to }: Stretch): boolean {
  for (let at = from + 1; at < to; at++) if (!((times[at] as number) > (times[at - 1] as number))) return false;
  return true;
}

function sorted(stretch: Stretch): Stretch {
  if (isSorted(stretch)) return stretch;
  const { times, values, from, to } = stretch;
  const order = Uint32Array.from({ length: to - from }, (_, at) => from + at);
  order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const once = growing(order.length);
  for (const at of order) {
    // Of one time, the last that came is the last here.
    if (once.length > 0 && once.times[once.length - 1] === times[at]) once.length--;
    push(once, times[at] as number, values[at] as number);
  }
  return { times: once.times, values: once.values, from: 0, to: once.length };
}

// Adds sorted samples behind sorted ones; those that lie among them, which are most often few, are put in their places.
function add(to: Growing, from: Stretch): void {
  const { times, values } = from;
  const start = firstAtOrAfter(to.times, 0, to.length, times[from.from] as number);
  const tail = { times: to.times.slice(start, to.length), values: to.values.slice(start, to.length) };
  to.length = start;
  let at = from.from;
  for (let old = 0; old < tail.times.length;) {
    const time = tail.times[old] as number;
    while (at < from.to && (times[at] as number) < time) push(to, times[at] as number, values[at++] as number);
    if (at >= from.to || (times[at] as number) > time) push(to, time, tail.values[old] as number);
    old++;
  }
  const rest = from.to - at;
  reserve(to, to.length + rest);
  to.times.set(times.subarray(at, from.to), to.length);
  to.values.set(values.subarray(at, from.to), to.length);
  to.length += rest;
}

/** Where the first of sorted times stands that is not before `time`; `to` where there is none. */
export function firstAtOrAfter(times: Float64Array, from: number, to: number, time: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
