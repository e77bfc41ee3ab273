import { NEWLINE } from '../../agent/contract/ascii.ts';
import { messageOf, Permanent, Transient } from '../../agent/contract/errors.ts';
import { aborted } from './aborted.ts';
import type { Batch, Store } from './store.ts';
import { unreachable } from './unreachable.ts';

/** How lines get to a server. */
export interface Wire {
  /** What the server is called in messages, with its URL. */
  readonly where: string;
  /**
   * Posts gzip members as one body, once; with none, asks the server whether it would take lines. May be repeated safely.
   *
   * @throws Permanent where the server refused lines of it for good; anything else is a reason to come again.
   */
  post(members: readonly Uint8Array[], signal: AbortSignal): Promise<void>;
  close(): void;
}

/** How much goes at once. */
export interface Limits {
  /** How long the first batch of a group waits for others, milliseconds. */
  readonly lingerMs: number;
  /** A group holds one batch, or several of at most this many bytes and lines together. */
  readonly groupBytes: number;
  readonly groupLines: number;
  /** Groups under way at once. */
  readonly inFlight: number;
  /** Text waiting for its turn; beyond it batches are turned away. */
  readonly waitingBytes: number;
  /** The pause between two questions to a server in trouble, milliseconds. */
  readonly probeMs: number;
}

/** 5 000 to 10 000 lines a request is what InfluxDB asks for (docs.influxdata.com/influxdb/v2/write-data/best-practices/optimize-writes). */
export const defaultLimits: Limits = {
  lingerMs: 50,
  groupBytes: 5_000_000,
  groupLines: 10_000,
  inFlight: 4,
  waitingBytes: 64 * 2 ** 20,
  probeMs: 5_000,
};

type Log = (level: 'info' | 'warning' | 'error', message: string) => void;

interface Waiting {
  readonly batch: Batch;
  readonly lines: number;
  readonly since: number;
  settle(error?: Error): void;
}

/** Forwards batches in groups over a wire; a group that is refused is halved until only the guilty batch is told so. */
export function forwarder(wire: Wire, log: Log, limits: Limits = defaultLimits): Omit<Store, 'name'> {
  const waiting: Waiting[] = [];
  const unsettled = new Set<Promise<void>>();
  const ending = new AbortController();
  const health = healthOf(wire, log, limits.probeMs, ending.signal);
  let bytes = 0;
  let lines = 0;
  let inFlight = 0;
  let closing = false;
  let lingering: NodeJS.Timeout | undefined;

  const remove = (from: number, count: number): Waiting[] => {
    const removed = waiting.splice(from, count);
    for (const one of removed) {
      bytes -= one.batch.text.length;
      lines -= one.lines;
    }
    return removed;
  };

  const pump = (): void => {
    clearTimeout(lingering);
    for (let first = waiting[0]; first !== undefined && inFlight < limits.inFlight; first = waiting[0]) {
      const left = first.since + limits.lingerMs - performance.now();
      if (left > 0 && bytes < limits.groupBytes && lines < limits.groupLines && !closing) {
        lingering = setTimeout(pump, Math.ceil(left));
        return;
      }
      inFlight++;
      void deliver(remove(0, groupSize(waiting, limits))).finally(() => {
        inFlight--;
        pump();
      });
    }
  };

  const deliver = async (group: readonly Waiting[]): Promise<void> => {
    let failed: Error | undefined;
    try {
      await wire.post(await Promise.all(group.map(({ batch }) => batch.gzip())), ending.signal);
    } catch (error) {
      failed = failureOf(wire.where, error);
    }
    health.note(failed);
    if (failed instanceof Permanent && group.length > 1) {
      const half = group.length >> 1;
      await deliver(group.slice(0, half));
      await deliver(group.slice(half));
    } else {
      for (const one of group) one.settle(failed);
    }
  };

  const enqueue = (batch: Batch, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        // Already under way, it may still be stored: the sender comes again, and that changes nothing.
        const at = waiting.indexOf(one);
        if (at !== -1) remove(at, 1);
        one.settle(new Transient(`${wire.where}: given up`, { cause: signal.reason }));
      };
      const one: Waiting = {
        batch,
        lines: countLines(batch.text),
        since: performance.now(),
        settle(error) {
          signal.removeEventListener('abort', abort);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.push(one);
      bytes += batch.text.length;
      lines += one.lines;
      pump();
    });

  return {
    async write(batch, signal) {
      if (closing) throw new Transient(`${wire.where}: the collector is stopping`);
      if (signal.aborted) throw new Transient(`${wire.where}: given up`, { cause: signal.reason });
      if (waiting.length > 0 && bytes + batch.text.length > limits.waitingBytes) {
        throw new Transient(`${wire.where}: ${bytes} bytes are waiting for it already`, { retryAfterMs: 1000 });
      }
      const written = enqueue(batch, signal);
      unsettled.add(written);
      try {
        await written;
      } finally {
        unsettled.delete(written);
      }
    },
    trouble: () => health.trouble(),
    async close(signal) {
      closing = true;
      pump();
      await Promise.race([Promise.allSettled(unsettled), aborted(signal)]);
      ending.abort(new Error('the collector is stopping'));
      wire.close();
    },
  };
}

// Knows what stands between us and the server, and asks again while something does: where nobody sends because
// we say that we are in trouble, no write would ever tell us that it is over.
function healthOf(
  wire: Wire,
  log: Log,
  probeMs: number,
  signal: AbortSignal,
): { note(error?: Error): void; trouble(): string | undefined } {
  let trouble: string | undefined;
  let again: NodeJS.Timeout | undefined;

  const note = (error?: Error): void => {
    const found = error === undefined || error instanceof Permanent ? undefined : messageOf(error);
    if (found !== undefined && found !== trouble) log('warning', found);
    if (found === undefined && trouble !== undefined) log('info', `${wire.where} takes lines again`);
    trouble = found;
    clearTimeout(again);
    if (trouble !== undefined && !signal.aborted) again = setTimeout(() => void probe(), probeMs).unref();
  };
  const probe = async (): Promise<void> => {
    try {
      await wire.post([], signal);
      note();
    } catch (error) {
      if (!signal.aborted) note(failureOf(wire.where, error));
    }
  };
  signal.addEventListener('abort', () => clearTimeout(again), { once: true });
  void probe();
  return { note, trouble: () => trouble };
}

function failureOf(where: string, error: unknown): Permanent | Transient {
  if (error instanceof Permanent) return error;
  const away = unreachable(error);
  if (away !== undefined) return new Transient(`${where}: ${away}, or set required: false in its section of stores`);
  return error instanceof Transient ? error : new Transient(where, { cause: error });
}

function groupSize(waiting: readonly Waiting[], limits: Limits): number {
  let bytes = 0;
  let lines = 0;
  const size = waiting.findIndex((one) => {
    bytes += one.batch.text.length;
    lines += one.lines;
    return bytes > limits.groupBytes || lines > limits.groupLines;
  });
  return size === -1 ? waiting.length : Math.max(1, size);
}

function countLines(text: Uint8Array): number {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
