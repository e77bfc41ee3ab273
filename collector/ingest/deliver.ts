import { Permanent, Transient } from '../../agent/contract/errors.ts';
import type { Batch, Store } from '../stores/store.ts';
import { remembered } from './remembered.ts';

/** A store, and whether a batch counts as stored without it. */
export interface Destination {
  readonly store: Store;
  readonly required: boolean;
}

/** What happens to batches, for the collector's own metrics. */
export interface DeliveryEvents {
  written(store: string, rows: number, seconds: number): void;
  failed(store: string, reason: 'transient' | 'permanent'): void;
  /** A best-effort store was too far behind to be given the batch. */
  dropped(store: string, rows: number): void;
}

/** Brings batches to every store. */
export interface Delivery {
  /**
   * Resolves once every required store has the batch on its disk; answers what a store refused of it for good. A batch of
   * a digest that has come before goes only to the stores that miss it; without a digest, to all.
   *
   * @throws Transient where a required store does not have it; the sender keeps it and comes again.
   */
  deliver(batch: Batch, digest: string | undefined, signal: AbortSignal): Promise<readonly string[]>;
}

/** Batches remembered that every required store has: one that comes again was acknowledged, but its sender did not hear it. */
const DONE_REMEMBERED = 4096;
/** Batches remembered that a store missed: one that comes again goes only to the stores without it. */
const PARTLY_REMEMBERED = 20_000;
/** Batches that a best-effort store may be behind. */
const MOST_BEHIND = 256;

/** Delivery to these stores. */
export function delivery(destinations: readonly Destination[], events: DeliveryEvents): Delivery {
  // Stored everywhere it must be, and stored somewhere only: the first are many, so they are no more than a key.
  const done = remembered<true>(DONE_REMEMBERED);
  const partly = remembered<Set<string>>(PARTLY_REMEMBERED);
  const behind = new Map<string, number>();

  const write = async (store: Store, batch: Batch, held: Set<string>, signal: AbortSignal): Promise<string | undefined> => {
    const start = performance.now();
    // The columns are somebody else's once the sender has its answer.
    const { length } = batch.rows;
    try {
      await store.write(batch, signal);
    } catch (error) {
      events.failed(store.name, error instanceof Permanent ? 'permanent' : 'transient');
      if (!(error instanceof Permanent)) throw transientOf(store, error);
      held.add(store.name);
      return `${store.name}: ${error.message}`;
    }
    held.add(store.name);
    events.written(store.name, length, (performance.now() - start) / 1000);
    return undefined;
  };

  // Nobody waits for a best-effort store; one that is too far behind loses batches, and they are counted.
  const writeAside = (store: Store, batch: Batch, held: Set<string>, digest: string | undefined): void => {
    const lose = (): void => {
      events.dropped(store.name, length);
      if (digest !== undefined) partly.set(digest, held);
    };
    const waiting = behind.get(store.name) ?? 0;
    const { length } = batch.rows;
    if (waiting >= MOST_BEHIND) return lose();
    behind.set(store.name, waiting + 1);
    void write(store, batch, held, AbortSignal.timeout(60_000))
      .catch(lose)
      .finally(() => behind.set(store.name, (behind.get(store.name) ?? 1) - 1));
  };

  return {
    async deliver(batch, digest, signal) {
      const known = digest === undefined ? undefined : partly.get(digest);
      if (digest !== undefined && known === undefined && done.get(digest)) return [];
      const held = known ?? new Set<string>();
      const missing = destinations.filter(({ store }) => !held.has(store.name));
      for (const { store, required } of missing) if (!required) writeAside(store, batch, held, digest);
      const outcomes = await Promise.allSettled(
        missing.filter(({ required }) => required).map(({ store }) => write(store, batch, held, signal)),
      );
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure !== undefined) {
        if (digest !== undefined) partly.set(digest, held);
        throw failure.reason;
      }
      if (digest !== undefined) {
        done.set(digest, true);
        if (destinations.every(({ store }) => held.has(store.name))) partly.delete(digest);
      }
      return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : []));
    },
  };
}

function transientOf({ name }: Store, error: unknown): Transient {
  return error instanceof Transient ? error : new Transient(`the ${name} store failed`, { cause: error });
}
