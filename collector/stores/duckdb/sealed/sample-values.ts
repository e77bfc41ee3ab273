import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Scale } from './units.ts';
import { doublesOf, wholesOf } from './vectors.ts';

/** What is selected of samples.parquet: series, time in milliseconds, and what the values are made of. */
export const SAMPLE_SQL = `series, (epoch_ms(time) + ms)::DOUBLE, CASE WHEN value IS NULL THEN coalesce(change::DOUBLE, jump, 0) ELSE 'nan'::DOUBLE END, coalesce(value, 'nan'::DOUBLE)`;

const NO_SCALE: Scale = { factor: 1, divisor: 1 };

/** Makes the values of chunk after chunk of {@link SAMPLE_SQL}: series must be whole from their first sample on, in the order of their times. */
export function sampleValues(scaleOf: (series: number) => Scale | undefined): (chunk: DuckDBDataChunk) => Float64Array {
  let series = -1;
  let units = 0;
  let factor = 1;
  let divisor = 1;
  return (chunk) => {
    const numbers = wholesOf(chunk, 0);
    const changes = doublesOf(chunk, 2);
    const values = doublesOf(chunk, 3);
    for (let at = 0; at < numbers.length; at++) {
      if (numbers[at] !== series) {
        series = numbers[at] as number;
        units = 0;
        ({ factor, divisor } = scaleOf(series) ?? NO_SCALE);
      }
      const change = changes[at] as number;
      // NaN where the value stands as it is.
      if (change === change) values[at] = ((units += change) * factor) / divisor;
    }
    return values;
  };
}
