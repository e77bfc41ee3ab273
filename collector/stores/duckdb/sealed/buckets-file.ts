import { BUCKET_FACTS, bucketColumns } from './bucket-rows.ts';
import type { Gathered } from './gathered.ts';
import { addOlder, emptyBuckets, rollUp } from './roll-up.ts';
import type { OlderBucket } from './roll-up.ts';
import type { RowGroups } from './row-groups.ts';
import type { Scale } from './units.ts';

/** Rows that make a row group worth it. Months of roll-ups are read at once, a row group of each day: smaller than those of samples. */
const GROUP_ROWS = 24_576;

/** What is rolled up. */
export interface RolledSeries {
  readonly number: number;
  readonly isCounter: boolean;
  readonly scale: Scale | undefined;
}

/** Writes the roll-up of series after series. */
export interface BucketsFile {
  /** `older` are the series' buckets of a roll-up whose samples are not there any more. */
  add(series: RolledSeries, samples: Gathered, older: readonly OlderBucket[]): Promise<void>;
  finish(): Promise<void>;
}

/** Begins; buckets are this many milliseconds long. */
export function bucketsFile(file: RowGroups, resolution: number): BucketsFile {
  const buckets = emptyBuckets(GROUP_ROWS * 2);
  const scales = new Map<number, Scale>();
  const flush = async (): Promise<void> => {
    if (buckets.length === 0) return;
    await file.append(
      bucketColumns(buckets, (series) => scales.get(series)),
      buckets.length,
    );
    buckets.length = 0;
    scales.clear();
  };
  return {
    async add({ number, isCounter, scale }, samples, older) {
      const from = buckets.length;
      rollUp(buckets, number, samples, resolution, isCounter);
      if (older.length > 0) addOlder(buckets, from, number, older, resolution);
      if (scale !== undefined) scales.set(number, scale);
      if (buckets.length >= GROUP_ROWS) await flush();
    },
    async finish() {
      await flush();
      await file.finish(BUCKET_FACTS);
    },
  };
}
