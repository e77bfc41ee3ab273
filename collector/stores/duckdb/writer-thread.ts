import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { answerQuestions } from './answer-questions.ts';
import { gate } from './gate.ts';
import { holdDirectory } from './hold-directory.ts';
import { liveDays } from './live-day.ts';
import type { LiveDay } from './live-day.ts';
import type { Answer, Asker, Call, DaySegments, Notice, PartitionCalls, ThreadData } from './messages.ts';
import { attachPartition } from './partition.ts';
import type { Partition } from './partition.ts';
import { openReaders } from './readers.ts';
import type { Readers } from './readers.ts';
import { rowsOf } from './runs.ts';
import { sampleCache } from './sample-cache.ts';
import { pace } from './sealed/pace.ts';
import { openSealedDays } from './sealed/sealed-days.ts';
import type { SealedDays } from './sealed/sealed-days.ts';
import { openSealing, removeLiveFile } from './sealed/sealing.ts';
import type { Sealing } from './sealed/sealing.ts';

// DuckDB appends on the thread that calls it. It has this one to itself, so that the collector's event loop never waits for a disk.

/**
 * What DuckDB may use while nobody asks it anything. A commit of a million samples needs half of it; with more, DuckDB would keep
 * what it wrote, which nobody reads, until all it may use is full.
 */
const WRITING_MEMORY = '64MiB';

/** What decoded samples of series that are asked for again and again may take. */
const CACHE_BYTES = 64 * 2 ** 20;

/** How long it rests for the time it takes to look whether sealed files are as they were written, once after the start. */
const VERIFYING_REST = 2;

const FILE = /^(\d{4}-\d{2}-\d{2})\.duckdb$/;

function partitionCalls({ notices }: ThreadData): PartitionCalls & { letAsk(port: MessagePort): void } {
  const days = liveDays();
  const changes = gate();
  // Who commits reads, as it were; a day that is sealed changes between commits.
  const commits = gate();
  let directory = '';
  let sealed: SealedDays;
  let sealing: Sealing;
  const closing = new AbortController();
  let writing: DuckDBConnection;
  let readers: Readers;
  const cache = sampleCache(CACHE_BYTES);
  // By asker, what gives its questions up.
  const ends = new Set<() => void>();

  const attach = async (live: LiveDay): Promise<Partition> => {
    const context = { connection: writing, gate: changes };
    return (live.partition ??= await attachPartition(context, join(directory, `${live.day}.duckdb`), live.day, live.series));
  };

  // What was told before a call or a question was sent has come by now, though nobody was called for it.
  const hear = (): void => {
    for (;;) {
      const received = receiveMessageOnPort(notices);
      if (received === undefined) return;
      days.note(received.message as Notice);
    }
  };

  const commit = async ({ day, segments }: DaySegments, upTo: number): Promise<void> => {
    const live = days.get(day);
    const partition = await attach(live);
    try {
      const rows = await partition.append(live.waiting.columnsOf(segments), upTo);
      // At once with letting go of the rows: whoever reads has them from here or from there.
      if (rows === undefined) cache.forget(day);
      else {
        cache.extend(day, (place) => {
          const [from, to] = rowsOf(rows, live.series.numbersOf(place).at(-1) ?? 0);
          return { times: rows.times, values: rows.values, from, to };
        });
      }
    } catch (error) {
      cache.forget(day);
      throw error;
    }
    live.waiting.drop(segments);
    sealing.touched(day);
  };

  // What a crash has left between the sealing of a day and the end of its live file.
  const removeSealed = async (live: LiveDay): Promise<void> => {
    const applied = live.partition?.applied ?? 0;
    if (applied <= (sealed.get(live.day)?.applied ?? -1)) await removeLiveFile(directory, days, cache, live);
  };

  return {
    async open(folder, memoryLimit) {
      directory = folder;
      mkdirSync(directory, { recursive: true });
      const temp = join(directory, 'temp');
      const instance = await DuckDBInstance.create(':memory:', { memory_limit: WRITING_MEMORY, threads: '1', temp_directory: temp });
      writing = await instance.connect();
      await holdDirectory(writing, directory);
      rmSync(temp, { recursive: true, force: true });
      readers = await openReaders(instance, { reading: memoryLimit, otherwise: WRITING_MEMORY });
      sealed = openSealedDays(directory, readers, tellDamaged);
      sealing = openSealing({ directory, instance, live: days, sealed, changes, commits, cache });
      const applied: Record<string, number> = Object.fromEntries(sealed.all().map((day) => [day.day, day.applied]));
      for (const name of readdirSync(directory).sort()) {
        const [, day] = FILE.exec(name) ?? [];
        if (day === undefined) continue;
        const partition = await attach(days.get(day)).catch((error: unknown) => setAside(join(directory, name), error));
        if (partition === undefined) continue;
        applied[day] = Math.max(partition.applied, applied[day] ?? 0);
        await removeSealed(days.get(day));
      }
      sealed.verify(pace(VERIFYING_REST, closing.signal)).catch((error: unknown) => {
        if (!closing.signal.aborted) process.stderr.write(`vigie: sealed days cannot be verified: ${String(error)}\n`);
      });
      return applied;
    },

    async flush(parts, upTo) {
      hear();
      // A flush that failed at a later day comes again whole: the days before it have their rows already.
      await commits.read(async () => {
        for (const part of parts) await commit(part, upTo);
      });
    },

    async drop(before) {
      const first = Object.values(before).sort()[0] ?? '';
      // Days that have roll-ups to come are sealed first.
      const old = days.all().filter(({ day, partition }) => day < first && partition !== undefined);
      return commits.change(() =>
        changes.change(async () => {
          for (const live of old) await removeLiveFile(directory, days, cache, live);
          return { days: old.map(({ day }) => day), gone: [...old.map(({ day }) => day), ...sealed.drop(before)] };
        }),
      );
    },

    seal: (day, rest) => sealing.seal(day, rest),
    sealDue: async (now, rest) => {
      const day = sealing.due(now);
      return day === undefined ? undefined : sealing.seal(day, rest);
    },

    letAsk(port) {
      const end = answerQuestions(port, {
        sources: { live: () => days.all(), sealed: () => sealed.all() },
        gate: changes,
        hear,
        readers,
        cache,
      });
      ends.add(end);
      port.on('close', () => ends.delete(end));
    },

    async close() {
      closing.abort();
      for (const end of ends) end();
      await sealing.stop();
      await readers.close();
      await changes.change(async () => {
        for (const { partition } of days.all()) await partition?.detach();
      });
    },
  };
}

/** DuckDB's words where a file may be as good as ever, but is not to be had now: another program reads it, no rights, no space. */
const UNAVAILABLE = /Could not set lock|Cannot open file|Permission denied|Out of Memory|No space left|Too many open files/i;

// A file DuckDB cannot read must not keep the collector from starting: it is kept for whoever can mend it.
function setAside(file: string, error: unknown): undefined {
  if (UNAVAILABLE.test(String(error))) throw new Error(`${file} cannot be opened now: ${String(error)}`, { cause: error });
  for (const path of [file, `${file}.wal`]) if (existsSync(path)) renameSync(path, `${path}.damaged`);
  tellDamaged(file, error);
}

function tellDamaged(path: string, error: unknown): undefined {
  process.stderr.write(`vigie: ${path} cannot be read and was set aside as ${path}.damaged: ${String(error)}\n`);
}

const calls = partitionCalls(workerData as ThreadData);
parentPort?.on('message', (message: Call | Asker) => {
  if ('asker' in message) return calls.letAsk(message.asker);
  const { call, method, args } = message;
  const run = calls[method] as (...args: readonly unknown[]) => Promise<unknown>;
  run(...args).then(
    (result) => parentPort?.postMessage({ call, result } satisfies Answer),
    (error: unknown) => parentPort?.postMessage({ call, error: error instanceof Error ? error.message : String(error) } satisfies Answer),
  );
});
