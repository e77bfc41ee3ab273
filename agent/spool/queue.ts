import { messageOf } from '../contract/errors.ts';
import type { Log } from '../log.ts';
import { newAgentId } from './agent-id.ts';
import { SpoolInUse } from './lock.ts';
import { openMemory } from './memory.ts';
import type { SpoolRecord } from './segment.ts';
import type { Spool } from './spool.ts';

/** A batch taken out to be sent; it stays in the queue until it is settled. */
export interface TakenBatch {
  readonly payload: Uint8Array;
  readonly values: number;
  /** Acknowledged or given up: it is forgotten. */
  settle(): void;
  /** Not now: it waits again. */
  giveBack(): void;
}

/** Batches that wait for a collector: on disk, and in bounded memory where the disk takes none. */
export interface BatchQueue {
  /** The agent's id: the spool's, or one for this run where there is no disk. */
  readonly id: string;
  put(payload: Uint8Array, values: number): void;
  /** Takes the oldest or newest batch that is not already taken. */
  take(end: 'oldest' | 'newest'): TakenBatch | undefined;
  /** Batches that wait, taken ones included. */
  readonly waiting: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Records of the spool found damaged. */
  readonly damaged: number;
  /** Batches that the cap on disk has pushed out. */
  readonly pushedOutOfSpool: number;
  /** Batches that the cap on memory has pushed out. */
  readonly pushedOutOfMemory: number;
  close(): void;
}

/** How the queue comes to its spool, and how much it holds in memory without one (8 MiB). */
export interface QueueOptions {
  /** Opens the spool; called again now and then where it fails. */
  readonly openSpool: (onTrouble: (error: unknown) => void) => Spool;
  readonly log: Log;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  readonly maxMemoryBytes?: number;
}

const MAX_MEMORY_BYTES = 8 * 1_048_576;
const REOPEN_MS = 30_000;

/**
 * A queue over the spool that `openSpool` opens.
 *
 * @throws SpoolInUse where another live process has the directory; every other trouble with the disk it goes on without.
 */
export function openQueue({ openSpool, log, monotonic, maxMemoryBytes = MAX_MEMORY_BYTES }: QueueOptions): BatchQueue {
  let spool: Spool | undefined;
  let lastAttempt = monotonic();
  let trouble: string | undefined;
  const memory = openMemory(maxMemoryBytes);
  const takenRecords = new Set<number>();
  const isTaken = ({ sequence }: SpoolRecord): boolean => takenRecords.has(sequence);

  const noteTrouble = (error: unknown): void => {
    const reason = messageOf(error);
    if (trouble === undefined) log.warn(`the spool is in trouble: ${reason}; batches that it does not take are kept in memory`);
    trouble = reason;
  };
  const noteHealth = (): void => {
    if (trouble !== undefined) log.info('the spool works again');
    trouble = undefined;
  };
  const systemErrorsOnly = (error: unknown): void => {
    if (!(error instanceof Error && 'code' in error)) throw error;
    noteTrouble(error);
  };
  const attemptOpen = (): void => {
    lastAttempt = monotonic();
    try {
      spool = openSpool(noteTrouble);
    } catch (error) {
      if (error instanceof SpoolInUse) noteTrouble(error);
      else systemErrorsOnly(error);
    }
  };
  const toDisk = (payload: Uint8Array, values: number): boolean => {
    if (spool === undefined) return false;
    try {
      spool.append(payload, values);
      return true;
    } catch (error) {
      systemErrorsOnly(error);
      return false;
    }
  };
  // Batches under way stay where they are; the rest goes to disk in the order it came.
  const drainMemory = (): boolean =>
    memory.untaken().every((batch) => {
      const written = toDisk(batch.payload, batch.values);
      if (written) memory.forget(batch);
      return written;
    });
  const fromMemory = (end: 'oldest' | 'newest'): TakenBatch | undefined => {
    const batch = memory.take(end);
    if (batch === undefined) return undefined;
    const giveBack = (): void => void (batch.taken = false);
    return { payload: batch.payload, values: batch.values, settle: () => memory.forget(batch), giveBack };
  };
  const fromSpool = (end: 'oldest' | 'newest'): TakenBatch | undefined => {
    const disk = spool;
    if (disk === undefined) return undefined;
    for (let record = disk.find(end, isTaken); record !== undefined; record = disk.find(end, isTaken)) {
      const own = record;
      const payload = disk.read(own);
      if (payload === undefined) continue;
      takenRecords.add(own.sequence);
      const release = (): boolean => takenRecords.delete(own.sequence);
      return {
        payload,
        values: own.values,
        settle: () => void (release() && disk.settle(own)),
        giveBack: () => void release(),
      };
    }
    return undefined;
  };

  try {
    spool = openSpool(noteTrouble);
  } catch (error) {
    if (error instanceof SpoolInUse) throw error;
    systemErrorsOnly(error);
  }
  const id = spool?.id ?? newAgentId();

  return {
    id,
    put(payload, values) {
      if (spool === undefined && monotonic() - lastAttempt >= REOPEN_MS) attemptOpen();
      if (!drainMemory() || !toDisk(payload, values)) memory.put(payload, values);
      else noteHealth();
    },
    take(end) {
      // What memory holds came after what the disk holds.
      return end === 'oldest' ? (fromSpool(end) ?? fromMemory(end)) : (fromMemory(end) ?? fromSpool(end));
    },
    get waiting() {
      return memory.waiting + (spool?.waiting ?? 0);
    },
    get bytes() {
      return spool?.bytes ?? 0;
    },
    get damaged() {
      return spool?.damaged ?? 0;
    },
    get pushedOutOfSpool() {
      return spool?.pushedOut ?? 0;
    },
    get pushedOutOfMemory() {
      return memory.pushedOut;
    },
    close() {
      drainMemory();
      spool?.close();
    },
  };
}
