import { setTimeout as sleep } from 'node:timers/promises';

/** How long before a multiple of the period a feed's child reads: the agent, which takes its round at the multiple, then has a fresh reading. */
export function leadOf(period: number): number {
  return Math.min(200, period / 5);
}

/** When to read next, milliseconds since the epoch: a little before a multiple of the period, after `now` and after the deadline `last`. */
export function nextReading(period: number, now: number, last: number): number {
  const lead = leadOf(period);
  // A timer may fire a moment early, and must not have the same deadline again; a clock set back must not be waited for.
  const after = last - now > period ? now : Math.max(now, last);
  return (Math.floor((after + lead) / period) + 1) * period - lead;
}

/** Reads a little before every multiple of the period (as it is then), until the signal ends it; never twice at a time. */
export async function readOnTime(period: () => number, signal: AbortSignal, read: () => void | Promise<void>): Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const now = Date.now();
    last = nextReading(period(), now, last);
    await sleep(last - now, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return;
    await read();
  }
}
