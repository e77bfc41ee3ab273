import type { DuckDBConnection, DuckDBListValue } from '@duckdb/node-api';
import type { SelectedSeries, Selection } from './messages.ts';

/** Samples of one series as one partition holds them, in the order they came. */
export interface FoundSamples {
  readonly name: string;
  readonly labelText: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** The samples of a partition that a selection asks for. */
export async function selectSeries(connection: DuckDBConnection, catalog: string, selection: Selection): Promise<FoundSamples[]> {
  const known = await connection.runAndReadAll(`SELECT id, labels FROM ${catalog}.series WHERE name = ?`, [selection.name]);
  const wanted = Object.entries(selection.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const labelsOf = new Map<number, string>();
  for (const [id, labels] of known.getRows()) {
    const text = String(labels);
    const pairs = text.slice(1, -1).split(/,(?=[a-zA-Z_][a-zA-Z0-9_]*=")/);
    if (wanted.every((pair) => pairs.includes(pair))) labelsOf.set(Number(id), text);
  }
  if (labelsOf.size === 0) return [];
  const from = Math.ceil(inside(selection.from));
  const to = Math.floor(inside(selection.to));
  const runs = await connection.runAndReadAll(
    `SELECT series, epoch_ms(start), step, "values" FROM ${catalog}.runs
     WHERE series IN (${[...labelsOf.keys()].join(',')})
       AND start <= epoch_ms(?::BIGINT) AND epoch_ms(start) + step::BIGINT * (len("values") - 1) >= ?::BIGINT
     ORDER BY series, rowid`,
    [BigInt(to), BigInt(from)],
  );
  const found = new Map<number, { name: string; labelText: string; times: number[]; values: number[] }>();
  for (const [series, start, step, values] of runs.getRows()) {
    const id = Number(series);
    let samples = found.get(id);
    if (samples === undefined)
      found.set(id, (samples = { name: selection.name, labelText: labelsOf.get(id) ?? '', times: [], values: [] }));
    const { items } = values as DuckDBListValue;
    for (const [at, value] of items.entries()) {
      const time = Number(start) + Number(step) * at;
      if (time < from || time > to) continue;
      samples.times.push(time);
      samples.values.push(Number(value));
    }
  }
  return [...found.values()].filter(({ times }) => times.length > 0);
}

/** The latest time that a Date can hold, which is beyond every sample. */
const LATEST_MS = 8.64e15;

function inside(time: number): number {
  return Math.min(Math.max(time, -LATEST_MS), LATEST_MS);
}

/** The samples of several partitions as one answer: series by their labels, sorted by time, each time once, the last that came standing. */
export function mergeSeries(found: readonly FoundSamples[]): SelectedSeries[] {
  const byLabels = new Map<string, FoundSamples[]>();
  for (const part of found) {
    const key = part.name + part.labelText;
    const parts = byLabels.get(key);
    if (parts === undefined) byLabels.set(key, [part]);
    else parts.push(part);
  }
  return [...byLabels.values()].map(mergeParts);
}

function mergeParts(parts: readonly FoundSamples[]): SelectedSeries {
  const times = parts.flatMap((part) => part.times);
  const values = parts.flatMap((part) => part.values);
  const order = times.map((_, at) => at).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const last = order.filter((at, place) => times[at] !== times[order[place + 1] ?? -1]);
  const [{ name, labelText } = { name: '', labelText: '' }] = parts;
  return {
    name,
    labelText,
    times: Float64Array.from(last, (at) => times[at] ?? Number.NaN),
    values: Float64Array.from(last, (at) => values[at] ?? Number.NaN),
  };
}
