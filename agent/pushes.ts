import { gzipSync } from 'node:zlib';
import type { Clock } from './clock.ts';
import { lineWriter } from './contract/line-encode.ts';
import type { Readings } from './readings.ts';

/** Turns rounds into batches at its time. */
export interface Pushes {
  /** To be called after every round. */
  roundEnded(): void;
  /** Makes a batch of the rounds that wait, now. */
  flush(): void;
  stop(): void;
}

/** Where rounds come from, when they leave as a batch, and who takes it. */
export interface PushesOptions {
  readonly readings: Readings;
  readonly clock: Clock;
  /** Milliseconds between two batches. */
  readonly every: () => number;
  /** Milliseconds between two rounds. */
  readonly period: () => number;
  /** This agent's place among the others, 0 to 1, so that a cluster does not push all at once. */
  readonly phase: number;
  /** Takes a batch: gzipped line protocol with timestamps in milliseconds. */
  readonly put: (payload: Uint8Array, values: number) => void;
}

const LONGEST_SPREAD_MS = 1000;

/** Pushes the first round at once, so that a node shows soon, and from then on at its phase of every interval. */
export function startPushes({ readings, clock, every, period, phase, put }: PushesOptions): Pushes {
  const writer = lineWriter();
  let next = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    if (readings.rounds === 0) return;
    const values = readings.encode(writer);
    if (values > 0) put(gzipSync(writer.written(), { level: 6 }), values);
    writer.clear();
  };

  return {
    flush,
    roundEnded() {
      // Rounds come a little early or late, and must not slip into the next batch for it.
      const now = clock.monotonic() + period() / 2;
      if (now < next || cancel !== undefined) return;
      next = next === Number.NEGATIVE_INFINITY ? now + Math.max(period(), phase * every()) : Math.max(next + every(), now);
      // The phase within the interval picks a round, and its fraction beyond that a moment after the round.
      const spread = Math.min(period(), LONGEST_SPREAD_MS) / 2;
      cancel = clock.after(((phase * 1009) % 1) * spread, flush);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
