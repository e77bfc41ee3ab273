import { stretched } from './budget.ts';
import type { Clock } from './clock.ts';
import { isDue, startRounds } from './rounds.ts';
import type { Rounds } from './rounds.ts';
import type { Supervised } from './supervised.ts';

/** A sampler and how often it is to be read. */
export interface ScheduledSampler {
  /** Milliseconds. */
  readonly period: number;
  readonly supervised: Supervised;
}

/** Who is read when, and who is told at the end of a round. */
export interface ScheduleOptions {
  readonly clock: Clock;
  /** The agent's own period, milliseconds. */
  readonly period: number;
  readonly samplers: readonly ScheduledSampler[];
  /** The factor on every period at present. */
  readonly slowdown: () => number;
  /** Adds what is not a sampler's, at the agent's period. */
  readonly beforeEnd: () => void;
  /** Ends a round, with its timestamp. */
  readonly end: (time: number) => void;
}

/** Starts reading every sampler at its period; what is due together makes one round. */
export function startSchedule({ clock, period, samplers, slowdown, beforeEnd, end }: ScheduleOptions): Rounds {
  return startRounds({
    clock,
    periods: () => [period, ...samplers.map((sampler) => sampler.period)].map((each) => stretched(each, slowdown())),
    take(round) {
      for (const { period: own, supervised } of samplers) if (isDue(stretched(own, slowdown()), round)) supervised.take();
      if (isDue(stretched(period, slowdown()), round)) beforeEnd();
      end(round.time);
    },
  });
}
