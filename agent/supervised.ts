import type { Clock } from './clock.ts';
import { messageOf, Transient, Unavailable } from './contract/errors.ts';
import type { Log } from './log.ts';
import type { Sampler } from './sampler.ts';

/** A sampler looked after: opened when it is there, read when due, parked or opened anew when it fails. */
export interface Supervised {
  readonly name: string;
  /** Reads once, opening first if need be; never throws and never waits. */
  take(): void;
  /** Resolves when what the last `take` began has ended. */
  settled(): Promise<void>;
  /** Whether the last reading worked; undefined as long as the source has never been here. */
  readonly up: boolean | undefined;
  /** Seconds that the sampler's synchronous work took. */
  readonly seconds: number;
  readonly errors: number;
  /** Readings left out because the one before was still running. */
  readonly skips: number;
  /** Closes the source; waits for it no longer than two seconds. */
  close(): Promise<void>;
}

/** Which source is looked after, and how it is opened each time it is needed anew. */
export interface SuperviseOptions {
  readonly name: string;
  readonly open: () => Sampler | Promise<Sampler>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often a source that is not here is looked for again. */
export const LOOK_AGAIN_MS = 300_000;
const FAILURES_BEFORE_REOPENING = 3;
const FIRST_REOPENING_MS = 10_000;
const CLOSE_DEADLINE_MS = 2000;

/** Looks after the sampler that `open` opens; nothing happens before the first `take`. */
export function supervise({ name, open, clock, log }: SuperviseOptions): Supervised {
  let sampler: Sampler | undefined;
  let busy: Promise<void> | undefined;
  let closed = false;
  let notBefore = Number.NEGATIVE_INFINITY;
  let pause = FIRST_REOPENING_MS;
  let failuresInARow = 0;
  let missing: string | undefined;
  let up: boolean | undefined;
  let seconds = 0;
  let errors = 0;
  let skips = 0;

  const letGo = (): void => {
    const leaving = sampler;
    sampler = undefined;
    if (leaving !== undefined) void closeWithin(leaving, clock, (error) => log.warn(`sampler ${name} did not close: ${messageOf(error)}`));
  };

  const failed = (error: unknown): void => {
    if (closed) return;
    if (up !== undefined) up = false;
    if (error instanceof Unavailable) return park(error);
    errors++;
    failuresInARow++;
    if (failuresInARow === 1) log.warn(`sampler ${name} fails: ${describe(error)}`);
    if (error instanceof Transient && error.retryAfterMs !== undefined) notBefore = clock.monotonic() + error.retryAfterMs;
    if (sampler === undefined || (sampler.mends !== true && failuresInARow % FAILURES_BEFORE_REOPENING === 0)) {
      letGo();
      notBefore = Math.max(notBefore, clock.monotonic() + pause);
      pause = Math.min(pause * 2, LOOK_AGAIN_MS);
    }
  };

  const park = (error: Unavailable): void => {
    letGo();
    notBefore = clock.monotonic() + LOOK_AGAIN_MS;
    const reason = messageOf(error);
    if (reason !== missing) log.info(`sampler ${name} is parked: ${reason}; looked for again every ${LOOK_AGAIN_MS / 60_000} minutes`);
    missing = reason;
  };

  const worked = (): void => {
    if (failuresInARow > 0 || missing !== undefined) log.info(`sampler ${name} works${up === undefined ? '' : ' again'}`);
    failuresInARow = 0;
    missing = undefined;
    pause = FIRST_REOPENING_MS;
    up = true;
  };

  const settle = async <Value>(promise: Promise<Value>, done: (value: Value) => void): Promise<void> => {
    try {
      done(await promise);
    } catch (error) {
      failed(error);
    }
  };
  // What has ended makes room only for itself: opening may already have begun the first reading.
  const follow = <Value>(promise: Promise<Value>, done: (value: Value) => void): void => {
    const own: Promise<void> = settle(promise, done).finally(() => {
      if (busy === own) busy = undefined;
    });
    busy = own;
  };

  const read = (source: Sampler): void => {
    const began = performance.now();
    try {
      const reading = source.sample();
      if (reading instanceof Promise) follow(reading, worked);
      else worked();
    } finally {
      seconds += (performance.now() - began) / 1000;
    }
  };

  const accept = (source: Sampler): void => {
    sampler = source;
    if (closed) letGo();
    else read(source);
  };

  return {
    name,
    take() {
      if (closed) return;
      if (busy !== undefined) return void skips++;
      if (clock.monotonic() < notBefore) return;
      try {
        if (sampler !== undefined) return read(sampler);
        const source = open();
        if (source instanceof Promise) follow(source, accept);
        else accept(source);
      } catch (error) {
        failed(error);
      }
    },
    async settled() {
      for (let last = busy; last !== undefined; last = busy) await last;
    },
    get up() {
      return up;
    },
    get seconds() {
      return seconds;
    },
    get errors() {
      return errors;
    },
    get skips() {
      return skips;
    },
    async close() {
      closed = true;
      const leaving = sampler;
      sampler = undefined;
      if (leaving !== undefined)
        await closeWithin(leaving, clock, (error) => log.warn(`sampler ${name} did not close: ${messageOf(error)}`));
    },
  };
}

// What an operator can act on is a message; what only a programmer can act on needs its stack.
function describe(error: unknown): string {
  const known = error instanceof Transient || (error instanceof Error && 'code' in error);
  return known || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
}

async function closeWithin(sampler: Sampler, clock: Clock, onError: (error: unknown) => void): Promise<void> {
  // Racing a timer that nobody cancels would hold the process up by as much.
  await new Promise<void>((resolve) => {
    const cancel = clock.after(CLOSE_DEADLINE_MS, () => {
      onError(new Error(`not closed within ${CLOSE_DEADLINE_MS} ms`));
      resolve();
    });
    const ended = (): void => {
      cancel();
      resolve();
    };
    closing(sampler).then(ended, (error: unknown) => {
      onError(error);
      ended();
    });
  });
}

async function closing(sampler: Sampler): Promise<void> {
  await sampler.close?.();
}
