import { labelsOf } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import { labelsOfTags } from '../../series/identity.ts';
import type { Asking } from './answers.ts';
import { grow, growing } from './samples.ts';
import type { Growing } from './samples.ts';
import type { MetricField } from './schema.ts';
import type { Statement } from './statements.ts';

/** A series of a statement's answer: its tags as labels without a name, and the samples of each of the statement's fields. */
export interface FoundSeries {
  readonly statement: Statement;
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly Growing[];
}

/** Statements sent with one request. */
const AT_ONCE = 16;

/** What statements answer, one series after another; those whose tags make no labels that ingest would take are left out. */
export async function* readSeries(server: Asking, statements: readonly Statement[], signal: AbortSignal): AsyncIterable<FoundSeries> {
  for (let at = 0; at < statements.length; at += AT_ONCE) {
    const some = statements.slice(at, at + AT_ONCE);
    let current: { readonly key: string; readonly series: FoundSeries | undefined } | undefined;
    for await (const { statement: number, tags, rows } of server.ask(some.map(({ text }) => text).join('; '), signal)) {
      const statement = some[number] as Statement;
      const key = `${number} ${JSON.stringify(tags)}`;
      if (current?.key !== key) {
        if (current?.series !== undefined) yield current.series;
        current = { key, series: begin(statement, tags) };
      }
      for (const row of current.series === undefined ? [] : rows) {
        for (const [place, samples] of current.series?.samples.entries() ?? []) grow(samples, row[0] as number, row[place + 1] ?? null);
      }
    }
    if (current?.series !== undefined) yield current.series;
  }
}

function begin(statement: Statement, tags: Readonly<Record<string, string>>): FoundSeries | undefined {
  const labels = labelsOfTags(Object.entries(tags).filter(([, value]) => value !== ''));
  if (labels === undefined || [...labels.keys()].some((name) => name.startsWith('__'))) return undefined;
  return { statement, labels, samples: statement.fields.map(growing) };
}

/** A field's labels: those of its tags, and the name of its metric. */
export function labelsWith(labels: ReadonlyMap<string, string>, { metric }: MetricField): Labels {
  return labelsOf({ ...Object.fromEntries(labels), __name__: metric });
}
