import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Connections that read, of which each answers one statement at a time. */
export interface Readers {
  /** Runs with a connection of its own, once one is free; ends what runs on it when the signal aborts. */
  use<Result>(signal: AbortSignal, run: (connection: DuckDBConnection) => Promise<Result>): Promise<Result>;
  /** Resolves once nothing runs; nobody may read then. A thread that ends while a statement runs takes the process with it. */
  close(): Promise<void>;
}

/** What DuckDB may use in bytes, as it writes sizes: while somebody reads, and else. */
export interface ReadingMemory {
  readonly reading: string;
  readonly otherwise: string;
}

/** Statements that read at once: each takes one of libuv's four threads, and the log needs one. */
const READERS = 2;
/** How long what was read is kept for who may read on. */
const LINGER_MS = 2000;

/** Connects them. */
export async function openReaders(instance: DuckDBInstance, memory: ReadingMemory): Promise<Readers> {
  const free = await Promise.all(Array.from({ length: READERS }, () => instance.connect()));
  const settings = await instance.connect();
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let using = 0;
  let isRaised = false;
  let isClosed = false;
  let idle: (() => void) | undefined;
  let setting: Promise<void> = Promise.resolve();

  const setMemory = (raised: boolean): Promise<void> => {
    isRaised = raised;
    const limit = raised ? memory.reading : memory.otherwise;
    // Where an answer is still held it cannot shrink yet; the next time it will.
    setting = setting.then(async () => void (await settings.run(`SET memory_limit='${limit}'`).catch(() => undefined)));
    return setting;
  };
  const lower = (): void => {
    if (using === 0 && isRaised && !isClosed) void setMemory(false);
  };
  const take = (): Promise<DuckDBConnection> => {
    const connection = free.pop();
    return connection === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(connection);
  };
  const giveBack = (connection: DuckDBConnection): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };

  return {
    async use(signal, run) {
      using++;
      if (!isRaised) await setMemory(true);
      const connection = await take();
      const interrupt = (): void => connection.interrupt();
      try {
        signal.throwIfAborted();
        signal.addEventListener('abort', interrupt, { once: true });
        return await run(connection);
      } catch (error) {
        // Whatever an interrupted statement says.
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', interrupt);
        giveBack(connection);
        if (--using === 0) setTimeout(lower, LINGER_MS).unref();
        if (using === 0) idle?.();
      }
    },
    async close() {
      if (using > 0) await new Promise<void>((resolve) => (idle = resolve));
      isClosed = true;
      await setting;
    },
  };
}
