import { DOUBLE, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../parquet/halves.ts';
import type { Column } from '../parquet/write-row-group.ts';
import type { Gathered } from './gathered.ts';
import { addOlder, emptyBuckets, rollUp } from './roll-up.ts';
import type { BucketColumns, OlderBucket } from './roll-up.ts';
import type { RowGroups } from './row-groups.ts';

/** The columns of 1m.parquet and 1h.parquet; `increase` only for counters. */
export const BUCKET_LAYOUT = {
  columns: ['series', 'time', 'count', 'sum', 'min', 'max', 'last', 'increase'],
  pruned: ['series'],
  fine: [],
} as const;

/** Rows that make a row group worth it. Months of roll-ups are read at once, a row group of each day: smaller than those of samples. */
const GROUP_ROWS = 24_576;

/** Writes the roll-up of series after series. */
export interface BucketsFile {
  /** `older` are the series' buckets of a roll-up whose samples are not there any more. */
  add(series: number, samples: Gathered, isCounter: boolean, older: readonly OlderBucket[]): Promise<void>;
  finish(): Promise<void>;
}

/** Begins; buckets are this many milliseconds long. */
export function bucketsFile(file: RowGroups, resolution: number): BucketsFile {
  const buckets = emptyBuckets(GROUP_ROWS * 2);
  const flush = async (): Promise<void> => {
    if (buckets.length === 0) return;
    await file.append(columnsOf(buckets), buckets.length);
    buckets.length = 0;
  };
  return {
    async add(series, samples, isCounter, older) {
      const from = buckets.length;
      rollUp(buckets, series, samples, resolution, isCounter);
      if (older.length > 0) addOlder(buckets, from, series, older, resolution);
      if (buckets.length >= GROUP_ROWS) await flush();
    },
    async finish() {
      await flush();
      await file.finish();
    },
  };
}

function columnsOf(buckets: BucketColumns): Column[] {
  const { length, increases } = buckets;
  const times = new Int32Array(length * 2);
  toHalves(buckets.times, length, times);
  const counters = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < length; at++) {
    if (!Number.isNaN(increases[at])) counters[at >> 3] = (counters[at >> 3] as number) | (1 << (at & 7));
  }
  return [
    { name: 'series', type: UINTEGER, width: 4, data: buckets.series },
    { name: 'time', type: TIMESTAMP_MS, width: 8, data: times },
    { name: 'count', type: UINTEGER, width: 4, data: buckets.counts },
    { name: 'sum', type: DOUBLE, width: 8, data: buckets.sums },
    { name: 'min', type: DOUBLE, width: 8, data: buckets.mins },
    { name: 'max', type: DOUBLE, width: 8, data: buckets.maxs },
    { name: 'last', type: DOUBLE, width: 8, data: buckets.lasts },
    { name: 'increase', type: DOUBLE, width: 8, data: increases, valid: counters },
  ];
}
