import type { Clock } from './clock.ts';

/** Rounds that follow the wall clock. */
export interface Rounds {
  /** Deadlines that passed without a round. */
  readonly overruns: number;
  /** Jumps of the wall clock by more than a period. */
  readonly jumps: number;
  /** Looks for the next deadline anew, after periods have changed. */
  realign(): void;
  stop(): void;
}

/** Which deadlines there are, and who is told of each. */
export interface RoundsOptions {
  readonly clock: Clock;
  /** Every period (milliseconds) that wants deadlines, at its multiples since the epoch. */
  readonly periods: () => readonly number[];
  /** Takes a round; a period is due where {@link isDue} says so of the two times. */
  readonly take: (round: Round) => void;
}

/** One round: its timestamp, and the stretch of wall time whose deadlines it answers. */
export interface Round {
  /** Milliseconds since the epoch; no two rounds have the same. */
  readonly time: number;
  /** Deadlines after this … */
  readonly since: number;
  /** … up to this are answered. */
  readonly upTo: number;
}

/** Whether a multiple of the period lies in the stretch that the round answers. */
export function isDue(period: number, { since, upTo }: Round): boolean {
  return Math.floor(upTo / period) * period > since;
}

// Prometheus stamps a scrape with its deadline when it is off by less than this, so that times compress:
// scrape/scrape.go, ScrapeTimestampTolerance, and at most a hundredth of the interval.
const TOLERANCE_MS = 2;

/** Starts rounds at the multiples of the periods, with one timer for the next of them. */
export function startRounds({ clock, periods, take }: RoundsOptions): Rounds {
  // The first round answers everything there is: who asks twice an hour does not want to wait half of it.
  let answered = 0;
  let deadline = 0;
  let armed = { wall: 0, monotonic: 0 };
  let cancel = nothing;
  let stopped = false;
  let overruns = 0;
  let jumps = 0;
  const stamp = uniqueStamps();

  const arm = (after: number): void => {
    if (stopped) return;
    cancel();
    deadline = nextDeadline(periods(), after);
    wait();
  };
  const wait = (): void => {
    armed = { wall: clock.wall(), monotonic: clock.monotonic() };
    cancel = clock.after(Math.max(0, deadline - armed.wall), fire);
  };

  const fire = (): void => {
    const wall = clock.wall();
    const shortest = Math.min(...periods());
    const off = wall - armed.wall - (clock.monotonic() - armed.monotonic);
    if (Math.abs(off) > shortest) {
      jumps++;
      if (off < 0) stamp.clockWentBack();
      answered = wall;
      return arm(wall);
    }
    const tolerance = Math.min(TOLERANCE_MS, shortest / 100);
    if (wall < deadline - tolerance) return wait();
    const upTo = Math.max(wall, deadline);
    overruns += countDeadlines(periods(), deadline, upTo);
    const round = { time: stamp.next(wall - deadline <= tolerance ? deadline : wall), since: answered, upTo };
    answered = upTo;
    take(round);
    // Deadlines that passed during the round are left out rather than made up for, so that a slow round never becomes a busy loop.
    const after = Math.max(upTo, clock.wall());
    overruns += countDeadlines(periods(), upTo, after);
    arm(after);
  };

  arm(clock.wall());
  return {
    get overruns() {
      return overruns;
    },
    get jumps() {
      return jumps;
    },
    realign: () => arm(Math.max(answered, clock.wall())),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function nextDeadline(periods: readonly number[], after: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const period of periods) next = Math.min(next, (Math.floor(after / period) + 1) * period);
  return next;
}

// Counted by the shortest period: the number is a measure of held-up time, not a census of samplers.
function countDeadlines(periods: readonly number[], after: number, upTo: number): number {
  const shortest = Math.min(...periods);
  return Math.floor(upTo / shortest) - Math.floor(after / shortest);
}

// After the clock went back, deadlines come round that have had their round; those are stamped a millisecond aside.
function uniqueStamps(): { next(time: number): number; clockWentBack(): void } {
  let highest = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let aside = 0;
  return {
    next(time) {
      if (time > highest) aside = 0;
      let own = time + aside;
      if (own === last) own++;
      last = own;
      highest = Math.max(highest, own);
      return own;
    },
    clockWentBack() {
      aside++;
    },
  };
}

function nothing(): void {
  // Nothing to cancel yet.
}
