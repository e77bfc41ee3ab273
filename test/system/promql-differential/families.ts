import { labelValue } from '../../../collector/promql/labels.ts';
import type { Written } from './write-data.ts';

/** Series of one name, as far as questions are made of them. */
export interface Family {
  readonly name: string;
  readonly isCounter: boolean;
  /** Whether a value hardly ever comes twice, so that the largest ones are in one order only. */
  readonly isContinuous: boolean;
  /** Values by the name of their label. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Values in order, every so many of them. */
  readonly values: readonly number[];
}

/** The families of these series, by name. */
export function familiesOf(all: readonly Written[]): readonly Family[] {
  const byName = new Map<string, Written[]>();
  for (const series of all) {
    const name = labelValue(series.labels, '__name__');
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [series]);
    else same.push(series);
  }
  return [...byName].map(([name, series]) => familyOf(name, series)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function familyOf(name: string, series: readonly Written[]): Family {
  const labels = new Map<string, string[]>();
  for (const { labels: its } of series) {
    for (let at = 0; at < its.length; at += 2) {
      const [label = '', value = ''] = [its[at], its[at + 1]];
      if (label === '__name__') continue;
      const values = labels.get(label) ?? [];
      if (!values.includes(value)) labels.set(label, [...values, value]);
    }
  }
  const values = series.flatMap((each) => Array.from(each.values)).sort((one, other) => one - other);
  const every = Math.max(1, Math.floor(values.length / 100));
  return {
    name,
    isCounter: name.endsWith('_total'),
    isContinuous: new Set(values).size > values.length * 0.98,
    labels,
    values: values.filter((_, at) => at % every === 0),
  };
}
