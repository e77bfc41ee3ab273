import { labelName } from '../../series/identity.ts';
import type { Asking } from './answers.ts';
import { quotedName } from './quoting.ts';
import type { Schema } from './schema.ts';
import { timeCondition } from './statements.ts';

// What InfluxDB's index answers without a look at a sample. It knows times by shards, which hold a day or a week: what has ended
// lately may still be among these answers.

/** The time that a question is about. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Names of labels that series had about that time. */
export async function labelNamesIn(server: Asking, { from, to }: Span, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const { rows } of server.ask(`SHOW TAG KEYS WHERE ${timeCondition(from, to)}`, signal)) {
    names.add('__name__');
    for (const [tag] of rows) names.add(labelName(String(tag)));
  }
  if (names.has('host')) names.add('instance');
  return names;
}

/** Values that a label had about that time. */
export async function labelValuesIn(
  server: Asking,
  label: string,
  { tags }: Schema,
  { from, to }: Span,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const spelled = new Set([...tags.values()].flat().filter((tag) => labelName(tag) === label));
  const time = timeCondition(from, to);
  const statements = [...spelled].map((tag) => `SHOW TAG VALUES WITH KEY = ${quotedName(tag)} WHERE ${time}`);
  if (label === 'instance') statements.push(`SHOW TAG VALUES WITH KEY = "host" WHERE "instance" = '' AND ${time}`);
  const values = new Set<string>();
  if (statements.length === 0) return values;
  for await (const { rows } of server.ask(statements.join('; '), signal)) for (const [, value] of rows) values.add(String(value));
  return values;
}

/** Names of metrics of measurements that were written to about that time. */
export async function metricNamesIn(
  server: Asking,
  { fields, tags }: Schema,
  { from, to }: Span,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const present = new Set<string>();
  for await (const { measurement } of server.ask(`SHOW TAG KEYS WHERE ${timeCondition(from, to)}`, signal)) present.add(measurement);
  return fields.filter(({ measurement }) => present.has(measurement) || !tags.has(measurement)).map(({ metric }) => metric);
}
