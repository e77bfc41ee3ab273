import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { messageOf, Transient } from '../../../agent/contract/errors.ts';
import { duration, size } from '../../../agent/contract/fields.ts';
import { aborted } from '../aborted.ts';
import { defineStore } from '../store.ts';
import type { Store } from '../store.ts';
import type { DuckdbOpening } from './ask-messages.ts';
import { builtFile } from './built-file.ts';
import { selecting } from './select.ts';
import type { SelectedSeries, Selected } from './select.ts';
import { keepAside } from './aside.ts';
import type { Sealed } from './sealed/sealing.ts';
import { openPending } from './pending.ts';
import type { Taken } from './pending.ts';
import { startSealer } from './sealer.ts';
import { openWal } from './wal.ts';
import { startWriter } from './writer.ts';

/** The embedded store, which can also be asked. */
export interface DuckdbStore extends Store {
  /** Samples in order, each time once; everything acknowledged is among them. */
  select(selected: Selected): Promise<SelectedSeries[]>;
  /** Seals a day now, whatever its age; undefined where it has nothing that is not sealed, or was written to meanwhile. */
  seal(day: string): Promise<Sealed | undefined>;
  /** Commits what waits. */
  flush(): Promise<void>;
  readonly walBytes: number;
  readonly pendingRows: number;
  /** Lines of the log that were refused when it was read at the start; their records are kept in the folder `refused`. */
  readonly refusedLines: number;
}

/** Rows that make a commit worth it at once: enough of each series of a few thousand nodes for runs, and of runs for row groups. */
const COMMIT_ROWS = 983_040;
/** Rows that may wait in memory (20 bytes each) before senders are held back. */
const MOST_PENDING_ROWS = 4_000_000;

export default defineStore({
  name: 'duckdb',
  summary:
    'The embedded store: a DuckDB file a day, behind a log that is on disk before a batch is acknowledged, and Parquet once the day is over.',
  options: {
    retention: duration('14d', 'How long samples are kept; whole days are removed.', { atLeast: '1d' }),
    retention_1m: duration('90d', 'How long their roll-ups of 1 minute are kept.', { atLeast: '1d' }),
    retention_1h: duration('1826d', 'How long their roll-ups of 1 hour are kept: five years.', { atLeast: '1d' }),
    memory: size('256MiB', 'What DuckDB may use for an answer; for writing it has 64 MiB, and for sealing a day 128 MiB more.'),
    commit: duration('2m', "How long samples wait in the log for others before they go into the day's file together.", {
      atLeast: '10ms',
    }),
  },
  async open(context): Promise<DuckdbStore> {
    const { options, log } = context;
    const directory = join(context.data, 'duckdb');
    const writer = startWriter((error) => {
      if (!closing) context.fatal(error);
    });
    const pending = openPending(context.describe, (notice) => writer.tell(notice));
    let closing = false;
    let fault: string | undefined;
    let flushing: Promise<void> | undefined;
    let failed: Taken | undefined;

    const applied = await writer.open(directory, `${Math.ceil(options.memory / 2 ** 20)}MiB`);
    const { wal, contents } = await openWal(join(directory, 'wal'), Math.max(0, ...Object.values(applied)));

    const commit = async (): Promise<void> => {
      const taken = failed ?? pending.take();
      if (taken === undefined) return;
      failed = taken;
      await writer.flush(taken.parts, taken.upTo);
      failed = undefined;
      pending.giveBack(taken);
      await wal.release(taken.upTo);
    };

    // One commit at a time; who asks while one runs gets another behind it, which holds everything added until then.
    const flush = async (): Promise<void> => {
      while (flushing !== undefined) await flushing.catch(() => undefined);
      flushing = commit();
      try {
        await flushing;
        while (failed === undefined && pending.length >= COMMIT_ROWS) await commit();
        if (fault !== undefined) log('info', 'duckdb: commits work again');
        fault = undefined;
      } catch (error) {
        if (fault === undefined) log('error', `duckdb: cannot commit, will try again: ${messageOf(error)}`);
        fault = `cannot commit: ${messageOf(error)}`;
        throw error;
      } finally {
        flushing = undefined;
      }
    };
    const flushQuietly = (): void => {
      // The failure is in `fault`, and the rows are still there for the next attempt.
      flush().catch(() => undefined);
    };

    const aside = join(directory, 'refused');
    let refusedLines = 0;
    let firstReason: string | undefined;
    for await (const { sequence, payload } of contents.records) {
      const { rows, refused, reasons } = await context.readAgain(payload);
      pending.add(rows, sequence, (day) => (applied[day] ?? 0) >= sequence);
      if (refused > 0) await keepAside(aside, sequence, payload);
      refusedLines += refused;
      firstReason ??= reasons[0];
      if (pending.length >= COMMIT_ROWS) await flush();
    }
    if (contents.damaged() > 0) log('warning', `duckdb: ${contents.damaged()} records of the log were torn or changed and are lost`);
    if (refusedLines > 0) {
      const what = `duckdb: ${refusedLines} lines of the log, acknowledged before, could not be stored: ${firstReason}`;
      log('error', `${what}; their records are kept in ${aside}; mend what is wrong and post them again with precision=ms`);
    }
    await flush();

    const timer = setInterval(() => {
      if (flushing === undefined && (pending.length > 0 || failed !== undefined)) flushQuietly();
    }, options.commit);
    const dropOld = (): void => {
      const { retention: raw, retention_1m: minutes, retention_1h: hours } = options;
      writer.drop({ raw: dayBefore(raw), '1m': dayBefore(minutes), '1h': dayBefore(hours) }).then(
        ({ days, gone }) => {
          for (const day of days) pending.forget(day);
          return gone.length > 0 && log('info', `duckdb: removed ${gone.join(', ')}, older than the retention`);
        },
        (error: unknown) => log('error', `duckdb: cannot remove old days: ${messageOf(error)}`),
      );
    };
    const sealer = startSealer(writer, { log, sealed: (day) => pending.forget(day) });
    const retention = setInterval(dropOld, 600_000);
    dropOld();

    return {
      name: 'duckdb',
      async write(batch) {
        if (pending.length >= MOST_PENDING_ROWS) throw new Transient(`the embedded store is behind: ${fault ?? 'its disk is slow'}`);
        // Rows may be committed before their log record is synced; then the batch comes again, and changes no answer.
        const { sequence, synced } = wal.append(batch.gzip());
        pending.add(batch.rows, sequence);
        if (pending.length >= COMMIT_ROWS && flushing === undefined) flushQuietly();
        await synced.catch((cause: unknown) => {
          throw new Transient('the embedded store cannot write its log', { cause });
        });
      },
      mark(rows) {
        if (!closing && pending.length < MOST_PENDING_ROWS) pending.add(rows, wal.reserve());
      },
      reading() {
        const { port1, port2 } = new MessageChannel();
        writer.letAsk(port1);
        const opening: DuckdbOpening = { port: port2 };
        return { kind: 'queryable', module: pathToFileURL(builtFile('queryable')).href, opening, transfer: [port2] };
      },
      select: selecting((port) => writer.letAsk(port)),
      async seal(day) {
        await flush();
        return sealer.seal(day);
      },
      flush,
      trouble: () => fault,
      refusedLines,
      get walBytes() {
        return wal.bytes;
      },
      get pendingRows() {
        return pending.length;
      },
      async close(signal) {
        if (closing) return;
        closing = true;
        clearInterval(timer);
        clearInterval(retention);
        sealer.stop();
        const done = flush().then(() => writer.close());
        await Promise.race([done.catch(() => undefined), aborted(signal)]);
        await writer.terminate();
        await wal.close();
      },
    };
  },
});

// The first day of which something is kept.
function dayBefore(kept: number): string {
  return new Date(Date.now() - kept).toISOString().slice(0, 10);
}
