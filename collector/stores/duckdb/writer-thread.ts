import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { answerQuestions } from './answer-questions.ts';
import { gate } from './gate.ts';
import { liveDays } from './live-day.ts';
import type { LiveDay } from './live-day.ts';
import type { Answer, Asker, Call, DaySegments, Notice, PartitionCalls, ThreadData } from './messages.ts';
import { attachPartition } from './partition.ts';
import type { Partition } from './partition.ts';
import { openReaders } from './readers.ts';
import type { Readers } from './readers.ts';
import { rowsOf } from './runs.ts';
import { sampleCache } from './sample-cache.ts';

// DuckDB appends on the thread that calls it. It has this one to itself, so that the collector's event loop never waits for a disk.

/**
 * What DuckDB may use while nobody asks it anything. A commit of a million samples needs half of it; with more, DuckDB would keep
 * what it wrote, which nobody reads, until all it may use is full.
 */
const WRITING_MEMORY = '64MiB';

/** What decoded samples of series that are asked for again and again may take. */
const CACHE_BYTES = 64 * 2 ** 20;

const FILE = /^(\d{4}-\d{2}-\d{2})\.duckdb$/;

function partitionCalls({ notices }: ThreadData): PartitionCalls & { letAsk(port: MessagePort): void } {
  const days = liveDays();
  const changes = gate();
  let directory = '';
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
  };

  return {
    async open(folder, memoryLimit) {
      directory = folder;
      mkdirSync(directory, { recursive: true });
      const instance = await DuckDBInstance.create(':memory:', { memory_limit: WRITING_MEMORY, threads: '1' });
      writing = await instance.connect();
      await holdDirectory(writing, directory);
      readers = await openReaders(instance, { reading: memoryLimit, otherwise: WRITING_MEMORY });
      const applied: Record<string, number> = {};
      for (const name of readdirSync(directory).sort()) {
        const [, day] = FILE.exec(name) ?? [];
        if (day === undefined) continue;
        const partition = await attach(days.get(day)).catch((error: unknown) => setAside(join(directory, name), error));
        if (partition !== undefined) applied[day] = partition.applied;
      }
      return applied;
    },

    async flush(parts, upTo) {
      hear();
      // A flush that failed at a later day comes again whole: the days before it have their rows already.
      for (const part of parts) await commit(part, upTo);
    },

    async drop(before) {
      const old = days.all().filter(({ day, partition }) => day < before && partition !== undefined);
      await changes.change(async () => {
        for (const live of old) {
          await days.removeFile(live);
          cache.forget(live.day);
          for (const ending of ['duckdb', 'duckdb.wal']) rmSync(join(directory, `${live.day}.${ending}`), { force: true });
        }
      });
      return old.map(({ day }) => day);
    },

    letAsk(port) {
      const end = answerQuestions(port, { sources: { live: () => days.all(), sealed: () => [] }, gate: changes, hear, readers, cache });
      ends.add(end);
      port.on('close', () => ends.delete(end));
    },

    async close() {
      for (const end of ends) end();
      await readers.close();
      await changes.change(async () => {
        for (const { partition } of days.all()) await partition?.detach();
      });
    },
  };
}

// DuckDB locks its files as long as the process lives. This one is there for its lock alone: it is taken before any other file
// or the log is looked at, which another collector may be writing.
async function holdDirectory(connection: DuckDBConnection, directory: string): Promise<void> {
  const file = join(directory, 'lock');
  try {
    await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS held`);
  } catch (error) {
    const [, holder] = /lock is held in .*?\(PID (\d+)\)/.exec(String(error)) ?? [];
    if (holder === undefined) throw error;
    throw new Error(`${directory} is in use by process ${holder}; stop that collector, or give this one another folder: --data DIR`, {
      cause: error,
    });
  }
}

/** DuckDB's words where a file may be as good as ever, but is not to be had now: another program reads it, no rights, no space. */
const UNAVAILABLE = /Could not set lock|Cannot open file|Permission denied|Out of Memory|No space left|Too many open files/i;

// A file DuckDB cannot read must not keep the collector from starting: it is kept for whoever can mend it.
function setAside(file: string, error: unknown): undefined {
  if (UNAVAILABLE.test(String(error))) throw new Error(`${file} cannot be opened now: ${String(error)}`, { cause: error });
  for (const path of [file, `${file}.wal`]) if (existsSync(path)) renameSync(path, `${path}.damaged`);
  process.stderr.write(`vigie: ${file} cannot be read and was set aside as ${file}.damaged: ${String(error)}\n`);
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
