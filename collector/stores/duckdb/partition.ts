import type { DuckDBConnection } from '@duckdb/node-api';
import { appendRuns } from './append-runs.ts';
import type { DaySeries, FiledSeries } from './day-series.ts';
import type { Gate } from './gate.ts';
import { emptySorted, LONGEST_RUN, sortBySeries } from './runs.ts';
import type { SortedRows } from './runs.ts';
import type { FilledColumns } from './segment.ts';

/** One day's file: its series, its samples, and how much of the log it holds. */
export interface Partition {
  /** What the file is called in SQL. */
  readonly catalog: string;
  /** The highest log record whose rows are in it, on the disk. */
  readonly applied: number;
  /** What lies between the first and the last sample of any of its runs at most, milliseconds. */
  readonly longestRun: number;
  /**
   * Puts the rows and those of the series that are new into the file, whole or not at all; answers the rows by the file's numbers,
   * which are good until the next commit of any day. Nothing where the file holds the log up to `upTo` already.
   *
   * @throws Error where it could not be written; the same rows may be given again, and must be before others.
   */
  append(rows: readonly FilledColumns[], upTo: number): Promise<SortedRows | undefined>;
  /** Resolves once it can be read: at once, unless a commit has failed. */
  ready(): Promise<void>;
  detach(): Promise<void>;
}

/** What partitions share. */
export interface PartitionContext {
  readonly connection: DuckDBConnection;
  readonly gate: Gate;
}

/**
 * Small row groups: a commit fills several, which go to the file at once, and rewrites no more than one that was not full.
 * DuckDB writes no log of its own: rows are in the collector's until they are in the file.
 */
const ATTACH_OPTIONS = '(ROW_GROUP_SIZE 20480, RECOVERY_MODE no_wal_writes)';
/** The longest run of a file that does not say: a day. */
const ANY_RUN = 86_400_000;

/** Rows to be sorted, of whichever day: one commit runs at a time. */
const sorted = emptySorted();

/** Attaches the file, makes its tables where it is new, and takes its series. */
export async function attachPartition(
  { connection, gate }: PartitionContext,
  file: string,
  day: string,
  series: DaySeries,
): Promise<Partition> {
  const catalog = `day_${day.replaceAll('-', '_')}`;
  const run = async (sql: string): Promise<void> => void (await connection.run(sql));
  let applied = 0;
  let lastNumber = 0;
  let longestRun = ANY_RUN;
  let attached = false;
  // Whether a commit has failed: then nothing of the file can be used until it is attached anew.
  let failed = false;

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
    lastNumber = await number(connection, `SELECT max(id) FROM ${catalog}.series`);
    longestRun = await number(connection, `SELECT coalesce(min(longest_run), ${ANY_RUN}) FROM ${catalog}.layout`);
    await takeFiled(series, connection, catalog);
    failed = false;
  };
  const ready = async (): Promise<void> => {
    // Several may wait for the gate; the first of them mends it.
    if (failed) await gate.change(async () => void (failed && (await attach())));
  };

  const addSeries = async (added: readonly FiledSeries[]): Promise<void> => {
    if (added.length === 0) return;
    const appender = await connection.createAppender('series', 'main', catalog);
    for (const { number, name, labelText } of added) {
      appender.appendUInteger(number);
      appender.appendVarchar(name);
      appender.appendVarchar(labelText);
      appender.endRow();
    }
    appender.closeSync();
  };
  const addRuns = async (rows: readonly FilledColumns[]): Promise<void> => {
    sortBySeries(sorted, rows, series.ownNumbers);
    const appender = await connection.createAppender('runs', 'main', catalog);
    await appendRuns(appender, sorted);
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
    catalog,
    get applied() {
      return applied;
    },
    get longestRun() {
      return longestRun;
    },
    async append(rows, upTo) {
      await ready();
      if (applied >= upTo) return undefined;
      try {
        await run('BEGIN');
        const added = series.number(rows, lastNumber);
        await addSeries(added);
        await addRuns(rows);
        await run(`INSERT INTO ${catalog}.applied VALUES (${upTo})`);
        await run('COMMIT');
        // A file whose checkpoint fails is unusable until it is attached anew; it then stands as it was before, or holds these rows.
        await run(`CHECKPOINT ${catalog}`);
        lastNumber += added.length;
      } catch (error) {
        failed = true;
        await run('ROLLBACK').catch(() => undefined);
        throw error;
      }
      applied = upTo;
      return sorted;
    },
    ready,
    detach,
  };
}

function tables(catalog: string): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${catalog}.series (id UINTEGER, name VARCHAR, labels VARCHAR)`,
    `CREATE TABLE IF NOT EXISTS ${catalog}.runs (series UINTEGER, start TIMESTAMP_MS, step UINTEGER, "values" DOUBLE[])`,
    `CREATE TABLE IF NOT EXISTS ${catalog}.applied (wal DOUBLE)`,
    `CREATE TABLE IF NOT EXISTS ${catalog}.layout (longest_run UINTEGER)`,
    // Runs were of any length once: only a file without any has none that is longer.
    `INSERT INTO ${catalog}.layout SELECT ${LONGEST_RUN} WHERE NOT EXISTS (FROM ${catalog}.runs) AND NOT EXISTS (FROM ${catalog}.layout)`,
    // For people who open the file: a row a sample.
    `CREATE VIEW IF NOT EXISTS ${catalog}.samples AS
       SELECT series, make_timestamp_ms(epoch_ms(start) + step::BIGINT * unnest(range(len("values")))) AS time, unnest("values") AS value FROM runs`,
  ];
}

async function takeFiled(series: DaySeries, connection: DuckDBConnection, catalog: string): Promise<void> {
  series.clearFile();
  const result = await connection.stream(`SELECT id, name, labels FROM ${catalog}.series ORDER BY rowid`);
  for await (const chunk of result) {
    const [numbers = [], names = [], labelTexts = []] = chunk.getColumns();
    series.takeFiled(numbers.map((number, at) => ({ number: Number(number), name: String(names[at]), labelText: String(labelTexts[at]) })));
  }
}

async function number(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
