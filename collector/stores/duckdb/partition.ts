import type { DuckDBConnection } from '@duckdb/node-api';
import { appendRuns } from './append-runs.ts';
import type { DayRows, DescribedSeries, Selection } from './messages.ts';
import { emptySorted, sortBySeries } from './runs.ts';
import { selectSeries } from './select.ts';
import type { FoundSamples } from './select.ts';

/** One day's file: its series, its samples, and how much of the log it holds. */
export interface Partition {
  readonly day: string;
  /** The highest log record whose rows are in it, on the disk. */
  readonly applied: number;
  /**
   * Puts the rows and those of their series that are new into the file, whole or not at all. Nothing where the file holds the
   * log up to `upTo` already.
   *
   * @throws Error where it could not be written; the same rows may be given again, and must be before others.
   */
  append(rows: DayRows, upTo: number): Promise<void>;
  /** Samples by series in the order they came; a time may stand there twice. */
  select(selection: Selection): Promise<FoundSamples[]>;
  detach(): Promise<void>;
}

/**
 * Small row groups: a commit fills several, which go to the file at once, and rewrites no more than one that was not full.
 * DuckDB writes no log of its own: rows are in the collector's until they are in the file.
 */
const ATTACH_OPTIONS = '(ROW_GROUP_SIZE 20480, RECOVERY_MODE no_wal_writes)';

/** Rows to be sorted, of whichever day: one commit runs at a time. */
const sorted = emptySorted();

/** Attaches the file, and makes its tables where it is new. */
export async function attachPartition(
  connection: DuckDBConnection,
  file: string,
  day: string,
  reading: DuckDBConnection = connection,
): Promise<Partition> {
  const catalog = `day_${day.replaceAll('-', '_')}`;
  const run = async (sql: string): Promise<void> => void (await connection.run(sql));
  // By the collector's number of a series: the partition's own, or 0.
  let ownIds = new Uint32Array(1024);
  let applied = 0;
  let lastId = 0;
  let attached = false;
  let sound = false;

  const detach = async (): Promise<void> => {
    // Its last checkpoint may fail for want of space; it is gone all the same, and found gone the next time.
    if (attached) await run(`DETACH DATABASE IF EXISTS ${catalog}`);
    attached = false;
  };
  const attach = async (): Promise<void> => {
    await detach();
    await run(`ATTACH '${file.replaceAll("'", "''")}' AS ${catalog} ${ATTACH_OPTIONS}`);
    attached = true;
    for (const statement of tables(catalog)) await run(statement);
    applied = await number(connection, `SELECT max(wal) FROM ${catalog}.applied`);
    lastId = await number(connection, `SELECT max(id) FROM ${catalog}.series`);
    sound = true;
  };

  const addSeries = async (described: readonly DescribedSeries[]): Promise<void> => {
    if (described.length === 0) return;
    const appender = await connection.createAppender('series', 'main', catalog);
    for (const { id, name, labelText } of described) {
      if (id >= ownIds.length) ownIds = longer(ownIds, id + 1);
      ownIds[id] = ++lastId;
      appender.appendUInteger(lastId);
      appender.appendVarchar(name);
      appender.appendVarchar(labelText);
      appender.endRow();
    }
    appender.closeSync();
  };
  const addRuns = async (rows: DayRows): Promise<void> => {
    sortBySeries(sorted, rows, ownIds);
    const appender = await connection.createAppender('runs', 'main', catalog);
    appendRuns(appender, sorted);
    appender.closeSync();
  };

  try {
    await attach();
  } catch (error) {
    // Attached, it would stand in the way of a new file for its day.
    await detach().catch(() => undefined);
    throw error;
  }
  return {
    day,
    get applied() {
      return applied;
    },
    async append(rows, upTo) {
      if (!sound) await attach();
      if (applied >= upTo) return;
      sound = false;
      try {
        await run('BEGIN');
        await addSeries(rows.described);
        await addRuns(rows);
        await run(`INSERT INTO ${catalog}.applied VALUES (${upTo})`);
        await run('COMMIT');
      } catch (error) {
        await run('ROLLBACK').catch(() => undefined);
        throw error;
      }
      // A file whose checkpoint fails is unusable until it is attached anew; it then stands as it was before, or holds these rows.
      await run(`CHECKPOINT ${catalog}`);
      applied = upTo;
      sound = true;
    },
    select: (selection) => selectSeries(reading, catalog, selection),
    detach,
  };
}

function tables(catalog: string): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${catalog}.series (id UINTEGER, name VARCHAR, labels VARCHAR)`,
    `CREATE TABLE IF NOT EXISTS ${catalog}.runs (series UINTEGER, start TIMESTAMP_MS, step UINTEGER, "values" DOUBLE[])`,
    `CREATE TABLE IF NOT EXISTS ${catalog}.applied (wal DOUBLE)`,
    // For people who open the file: a row a sample.
    `CREATE VIEW IF NOT EXISTS ${catalog}.samples AS
       SELECT series, make_timestamp_ms(epoch_ms(start) + step::BIGINT * unnest(range(len("values")))) AS time, unnest("values") AS value FROM runs`,
  ];
}

function longer(ids: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(Math.max(least, ids.length * 2));
  grown.set(ids);
  return grown;
}

async function number(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
