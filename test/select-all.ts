import { labelsKey } from '../collector/promql/labels.ts';
import type { Queryable, Selection, SeriesSamples } from '../collector/promql/queryable.ts';

/** A series that tests compare: the key of its labels, and its samples. */
export type Plain = [key: string, samples: (readonly [time: number, value: number])[]];

/** Everything that a selection answers, by labels. */
export async function selectAll(queryable: Queryable, selection: Selection): Promise<Plain[]> {
  const found: SeriesSamples[] = [];
  for await (const some of queryable.select(selection, AbortSignal.timeout(30_000))) found.push(...some);
  return plain(found);
}

/** The same of series that are there already. */
export function plain(series: readonly SeriesSamples[]): Plain[] {
  return series
    .map(({ labels, times, values }): Plain => [labelsKey(labels), [...times].map((time, at) => [time, values[at] as number])])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
