import { messageOf } from '../../../agent/contract/errors.ts';
import type { StoreContext } from '../store.ts';
import type { PartitionCalls } from './messages.ts';
import type { Sealed } from './sealed/sealing.ts';

/** Has days sealed when they are due. */
export interface Sealer {
  /** Seals a day now, whatever its age; undefined where it has nothing that is not sealed, or was written to meanwhile. */
  seal(day: string): Promise<Sealed | undefined>;
  stop(): void;
}

/** What is told of what happens. */
export interface SealerParts {
  readonly log: StoreContext<unknown>['log'];
  /** Told of every day that was sealed. */
  readonly sealed: (day: string) => void;
}

/** How often it is looked whether a day is due, and how long sealing rests for the time it works: ingest comes first. */
const EVERY_MS = 60_000;
const REST = 0.5;

/** Looks at once, and then every minute. */
export function startSealer(writer: Pick<PartitionCalls, 'seal' | 'sealDue'>, { log, sealed }: SealerParts): Sealer {
  let running = false;
  let stopped = false;

  const tell = (done: Sealed | undefined): Sealed | undefined => {
    if (done === undefined) return undefined;
    sealed(done.day);
    log('info', `duckdb: sealed ${done.day}: ${done.samples} samples of ${done.series} series in ${done.seconds.toFixed(1)} s`);
    return done;
  };
  const sealDue = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      // One after the other: a day that is through lets the next one begin at once.
      while (!stopped && tell(await writer.sealDue(Date.now(), REST)) !== undefined);
    } catch (error) {
      if (!stopped) log('error', `duckdb: cannot seal a day, will try again in some hours: ${messageOf(error)}`);
    } finally {
      running = false;
    }
  };

  const timer = setInterval(() => void sealDue(), EVERY_MS);
  void sealDue();
  return {
    seal: async (day) => tell(await writer.seal(day, 0)),
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
