import { LIST, DOUBLE, DuckDBInstance, DuckDBTimestampMillisecondsValue, listValue } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Samples of a series as one commit brought them. */
export interface MadeRun {
  readonly name: string;
  readonly labelText: string;
  readonly start: number;
  readonly step: number;
  readonly values: readonly number[];
}

/** For tests: writes a day's live file of these runs, in their order; `applied` is the highest log record in it. Series get a new number as often as asked. */
export async function makeLiveDay(
  file: string,
  runs: readonly MadeRun[],
  applied: number,
  renumber = Number.POSITIVE_INFINITY,
): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE IF NOT EXISTS series (id UINTEGER, name VARCHAR, labels VARCHAR)');
  await connection.run('CREATE TABLE IF NOT EXISTS runs (series UINTEGER, start TIMESTAMP_MS, step UINTEGER, "values" DOUBLE[])');
  await connection.run('CREATE TABLE IF NOT EXISTS applied (wal DOUBLE)');
  await connection.run(`INSERT INTO applied VALUES (${applied})`);
  await addRuns(connection, runs, renumber);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

async function addRuns(connection: DuckDBConnection, runs: readonly MadeRun[], renumber: number): Promise<void> {
  const ids = new Map<string, number>();
  let last = 0;
  const series = await connection.createAppender('series');
  const appender = await connection.createAppender('runs');
  for (const [at, { name, labelText, start, step, values }] of runs.entries()) {
    if (at > 0 && at % renumber === 0) ids.clear();
    const key = name + labelText;
    let id = ids.get(key);
    if (id === undefined) {
      ids.set(key, (id = ++last));
      series.appendUInteger(id);
      series.appendVarchar(name);
      series.appendVarchar(labelText);
      series.endRow();
    }
    appender.appendUInteger(id);
    appender.appendTimestampMilliseconds(new DuckDBTimestampMillisecondsValue(BigInt(start)));
    appender.appendUInteger(step);
    appender.appendList(listValue([...values]), LIST(DOUBLE));
    appender.endRow();
  }
  series.closeSync();
  appender.closeSync();
}
