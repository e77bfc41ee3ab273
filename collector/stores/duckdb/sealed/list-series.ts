import type { DuckDBConnection } from '@duckdb/node-api';
import type { SealedName } from './sealed-day.ts';

/** The series of a series.parquet (as SQL knows it), in the order of their numbers; `where` is SQL, or empty. */
export async function listSeries(connection: DuckDBConnection, source: string, where: string): Promise<SealedName[]> {
  const [found = []] = await listEach(connection, source, where, 1);
  return found;
}

/** The same of several files, by their places; `source` reads all of them. */
export async function listEach(connection: DuckDBConnection, source: string, where: string, files: number): Promise<SealedName[][]> {
  const found = Array.from({ length: files }, (): SealedName[] => []);
  const columns =
    'series, name, labels, samples, epoch_ms(first)::DOUBLE, epoch_ms(last)::DOUBLE, first_value, factor::DOUBLE, divisor, counter, file_index';
  const result = await connection.stream(`SELECT ${columns} FROM ${source} ${where}`);
  for await (const chunk of result) {
    for (const [number, name, labelText, samples, first, last, firstValue, factor, divisor, counter, file] of chunk.getRows()) {
      found[Number(file)]?.push({
        number: Number(number),
        name: String(name),
        labelText: String(labelText),
        samples: Number(samples),
        first: Number(first),
        last: Number(last),
        firstValue: Number(firstValue),
        isCounter: counter === true,
        scale: factor === null ? undefined : { factor: Number(factor), divisor: Number(divisor) },
      });
    }
  }
  return found;
}
