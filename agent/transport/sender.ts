import type { Clock } from '../clock.ts';
import { messageOf, Permanent, Transient } from '../contract/errors.ts';
import type { Log } from '../log.ts';
import type { BatchQueue, TakenBatch } from '../spool/queue.ts';
import { backoff } from './backoff.ts';
import type { Collectors } from './collectors.ts';
import { PartlyStored } from './verdict.ts';

/** Empties the queue: the newest batch first, what waits behind it oldest first at a limited rate. */
export interface Sender {
  /** Says that a new batch has been put into the queue. */
  wake(): void;
  /** Batches acknowledged. */
  readonly sent: number;
  readonly valuesSent: number;
  /** Attempts that will be made again. */
  readonly failed: number;
  /** Batches that the collector refused for good. */
  readonly refused: number;
  /** Batches stored only in part. */
  readonly partlyStored: number;
  /** Makes a last attempt with the newest batch, no longer than the deadline, and ends. */
  stop(deadlineMs: number): Promise<void>;
}

/** Where batches wait, who takes them, and how fast old ones follow. */
export interface SenderOptions {
  readonly queue: BatchQueue;
  readonly collectors: Pick<Collectors, 'send' | 'current'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes a second of backlog. */
  readonly backlogRate: number;
  readonly random?: () => number;
}

const DEADLINE_MS = 10_000;
// Batches that wait on a disk that does not give them out now are asked for again after this.
const UNREADABLE_MS = 10_000;

/** What became of an attempt: it is settled, or to be made again after a pause. */
type Outcome = { readonly done: true } | { readonly done: false; readonly askedMs: number | undefined; readonly reason: string };

/** Starts sending; nothing leaves before the first `wake`, so that live data goes first after a restart too. */
export function startSender({ queue, collectors, clock, log, backlogRate, random = Math.random }: SenderOptions): Sender {
  const counts = { sent: 0, valuesSent: 0, failed: 0, refused: 0, partlyStored: 0 };
  const livePause = backoff(random);
  const backlogPause = backoff(random);
  const backlogAbort = new AbortController();
  const liveAbort = new AbortController();
  let fresh = false;
  let live: Promise<void> | undefined;
  let backlog: Promise<void> | undefined;
  /** Whether the last live attempt was answered; the backlog follows only then. */
  let working = false;
  let failingSince: number | undefined;
  let reported: string | undefined;
  let refusal: string | undefined;
  let liveRests = false;
  let backlogRests = false;
  let cancelLive = nothing;
  let cancelBacklog = nothing;
  let stopped = false;

  const attempt = async (batch: TakenBatch, deadlineMs: number, signal: AbortSignal): Promise<Outcome> => {
    try {
      await collectors.send(batch.payload, deadlineMs, signal);
      counts.sent++;
      counts.valuesSent += batch.values;
      batch.settle();
      refusal = undefined;
      return { done: true };
    } catch (error) {
      if (error instanceof Permanent || error instanceof PartlyStored) {
        giveUp(batch, error);
        return { done: true };
      }
      batch.giveBack();
      if (!signal.aborted) counts.failed++;
      const askedMs = error instanceof Transient ? error.retryAfterMs : undefined;
      return { done: false, askedMs, reason: error instanceof Transient ? error.message : describeBug(error) };
    }
  };
  const giveUp = (batch: TakenBatch, error: Permanent | PartlyStored): void => {
    const partly = error instanceof PartlyStored;
    if (partly) counts.partlyStored++;
    else counts.refused++;
    batch.settle();
    if (refusal === undefined) {
      log.warn(`${collectors.current} ${partly ? 'stored a batch only in part' : 'refuses a batch, which is dropped'}: ${error.message}`);
    }
    refusal = error.message;
  };

  const reportFailing = (reason: string): void => {
    failingSince ??= clock.monotonic();
    if (reason !== reported) log.warn(`batches are not taken: ${reason}; ${wait(queue.waiting)}, and it is tried again`);
    reported = reason;
  };
  const reportWorking = (): void => {
    if (failingSince !== undefined) {
      const seconds = Math.round((clock.monotonic() - failingSince) / 1000);
      log.info(`${collectors.current} takes batches again after ${seconds} s; ${wait(queue.waiting)}`);
    }
    failingSince = undefined;
    reported = undefined;
  };

  const sendLive = async (): Promise<void> => {
    const batch = queue.take('newest');
    if (batch === undefined) return;
    const outcome = await attempt(batch, DEADLINE_MS, liveAbort.signal);
    working = outcome.done;
    if (outcome.done) {
      livePause.reset();
      reportWorking();
    } else if (!stopped) {
      reportFailing(outcome.reason);
      liveRests = true;
      cancelLive = clock.after(livePause.next(outcome.askedMs), () => {
        liveRests = false;
        fresh = true;
        pump();
      });
    }
  };
  const sendBacklog = async (): Promise<void> => {
    const batch = queue.take('oldest');
    if (batch === undefined) return restBacklog(UNREADABLE_MS);
    const outcome = await attempt(batch, DEADLINE_MS, backlogAbort.signal);
    if (outcome.done) backlogPause.reset();
    restBacklog(outcome.done ? (batch.payload.length / backlogRate) * 1000 : backlogPause.next(outcome.askedMs));
  };
  const restBacklog = (ms: number): void => {
    if (stopped) return;
    backlogRests = true;
    cancelBacklog = clock.after(ms, () => {
      backlogRests = false;
      pump();
    });
  };
  const pump = (): void => {
    if (stopped) return;
    if (fresh && live === undefined && !liveRests) {
      fresh = false;
      live = sendLive()
        .catch((error: unknown) => log.error(describeBug(error)))
        .finally(() => {
          live = undefined;
          pump();
        });
    }
    if (working && backlog === undefined && !backlogRests && queue.waiting > (live === undefined ? 0 : 1)) {
      backlog = sendBacklog()
        .catch((error: unknown) => log.error(describeBug(error)))
        .finally(() => {
          backlog = undefined;
          pump();
        });
    }
  };

  return {
    wake() {
      fresh = true;
      pump();
    },
    get sent() {
      return counts.sent;
    },
    get valuesSent() {
      return counts.valuesSent;
    },
    get failed() {
      return counts.failed;
    },
    get refused() {
      return counts.refused;
    },
    get partlyStored() {
      return counts.partlyStored;
    },
    async stop(deadlineMs) {
      stopped = true;
      cancelLive();
      cancelBacklog();
      backlogAbort.abort();
      const cancel = clock.after(deadlineMs, () => liveAbort.abort());
      await Promise.all([live, backlog]);
      const batch = liveAbort.signal.aborted ? undefined : queue.take('newest');
      if (batch !== undefined) await attempt(batch, deadlineMs, liveAbort.signal);
      cancel();
    },
  };
}

function nothing(): void {
  // Nothing to cancel yet.
}

function wait(batches: number): string {
  return batches === 1 ? '1 batch waits' : `${batches} batches wait`;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
