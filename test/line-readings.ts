import { takeColumns } from '../collector/ingest/columns.ts';
import { readLines } from '../collector/ingest/read-lines.ts';
import { labelsKey, labelsOf } from '../collector/promql/labels.ts';
import type { SeriesSamples } from '../collector/promql/queryable.ts';
import { seriesTable } from '../collector/series/series-table.ts';

const { POSITIVE_INFINITY: ANY, NEGATIVE_INFINITY: EVER } = Number;
const limits = { series_per_node: ANY, nodes: ANY, labels: ANY, label_name: ANY, label_value: ANY };
const rules = {
  precision: 'ms',
  now: 0,
  oldest: EVER,
  newest: ANY,
  lineBytes: ANY,
  admit: () => undefined,
  claim: () => undefined,
} as const;

/** The series that ingest makes of lines with times in milliseconds, in the order of their times; throws where it refuses one. */
export async function lineReadings(lines: readonly string[]): Promise<readonly SeriesSamples[]> {
  const table = seriesTable(limits);
  const columns = takeColumns();
  const { refusals } = await readLines(table, Buffer.from(lines.join('\n')), rules, columns);
  if (refusals[0] !== undefined) throw new Error(`line ${refusals[0].line} is refused: ${refusals[0].reason}`);
  const found = new Map<string, { readonly labels: SeriesSamples['labels']; readonly samples: Map<number, number> }>();
  for (let row = 0; row < columns.length; row++) {
    const slot = columns.slots[row] as number;
    const { labels = [] } = table.groupAt(table.groupOf(slot)) ?? {};
    const all = labelsOf({ ...Object.fromEntries(labels), __name__: table.family(slot).name });
    const series = found.get(labelsKey(all)) ?? { labels: all, samples: new Map<number, number>() };
    found.set(labelsKey(all), series);
    series.samples.set(columns.times[row] as number, columns.values[row] as number);
  }
  return [...found.values()].map(({ labels, samples }) => {
    const sorted = [...samples].sort(([one], [other]) => one - other);
    const [times, values] = [sorted.map(([time]) => time), sorted.map(([, value]) => value)];
    return { labels, times: Float64Array.from(times), values: Float64Array.from(values), staleAt: [], buckets: undefined };
  });
}
