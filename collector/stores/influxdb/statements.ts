import type { Matcher } from '../../promql/ast.ts';
import type { Selection } from '../../promql/queryable.ts';
import { tagConditions } from './conditions.ts';
import { quotedName } from './quoting.ts';
import type { MetricField, Schema } from './schema.ts';

/** A statement whose rows hold the time and then, in order, a value of each of these fields of one measurement. */
export interface Statement {
  readonly text: string;
  readonly fields: readonly MetricField[];
}

/** Fields asked for with one statement, whose samples of a series are held together: so many for a day, fewer for longer. */
const FIELDS_A_DAY = 16;
const DAY_MS = 86_400_000;

/** InfluxQL's function whose one sample of the whole time answers the same as all of them do. */
const SELECTORS: Readonly<Record<string, 'first' | 'last' | 'max' | 'min'>> = {
  first_over_time: 'first',
  last_over_time: 'last',
  present_over_time: 'last',
  absent_over_time: 'last',
  max_over_time: 'max',
  min_over_time: 'min',
};

/** Statements for the samples of these fields. */
export function sampleStatements(fields: readonly MetricField[], { matchers, from, to, hint }: Selection, schema: Schema): Statement[] {
  // At more than one time, InfluxDB would say the last of each step, but not when it was, which decides for how long it counts.
  const selector = hint.step > 0 ? undefined : hint.range === 0 ? 'last' : SELECTORS[hint.call];
  // Its window is open on the left, and a sample on its edge must not stand for those within.
  const start = selector === undefined || hint.range === 0 ? from : Math.max(from, to - hint.range + 1);
  const within = { matchers, from: start, to, schema };
  const alone = fields.filter(({ isNumeric }) => isNumeric && selector !== undefined);
  const together = fields.filter((field) => !alone.includes(field));
  return [
    // A selector tells the time of its sample only where it is the only one.
    ...alone.map((field) => ({ text: select([`${selector}(${column(field)})`], field.measurement, within), fields: [field] })),
    ...byMeasurement(together, fieldsFor(to - from)).map((some) => ({
      text: select(some.map(column), measurementOf(some), within),
      fields: some,
    })),
  ];
}

/** Statements that answer one row a series, with a value of every field that has a sample in the time. */
export function seriesStatements(
  fields: readonly MetricField[],
  matchers: readonly Matcher[],
  { from, to }: { readonly from: number; readonly to: number },
  schema: Schema,
): Statement[] {
  return byMeasurement(fields, FIELDS_A_DAY).map((some) => ({
    text: select(
      some.map((field) => `last(${column(field)})`),
      measurementOf(some),
      { matchers, from, to, schema },
    ),
    fields: some,
  }));
}

function fieldsFor(span: number): number {
  return Math.max(1, Math.floor(FIELDS_A_DAY / Math.max(1, span / DAY_MS)));
}

interface Within {
  readonly matchers: readonly Matcher[];
  readonly from: number;
  readonly to: number;
  readonly schema: Schema;
}

function select(columns: readonly string[], measurement: string, { matchers, from, to, schema }: Within): string {
  const conditions = [timeCondition(from, to), ...tagConditions(matchers, schema.tags.get(measurement))];
  return `SELECT ${columns.join(', ')} FROM ${quotedName(measurement)} WHERE ${conditions.join(' AND ')} GROUP BY *`;
}

/** Milliseconds that InfluxDB's times in nanoseconds can hold, with a day of room to calculate in. */
const LATEST_MS = Math.floor(2 ** 63 / 1e6) - 86_400_000;

/** The time of a question as a term of a WHERE clause; times that others wrote more finely count as their millisecond. */
export function timeCondition(from: number, to: number): string {
  return `time >= ${inside(Math.ceil(from))} AND time < ${inside(Math.floor(to) + 1)}`;
}

function inside(time: number): string {
  return `${Math.min(Math.max(time, -LATEST_MS), LATEST_MS)}ms`;
}

function column({ field }: MetricField): string {
  return `${quotedName(field)}::field`;
}

function measurementOf([first]: readonly MetricField[]): string {
  return first?.measurement ?? '';
}

// A few fields of one measurement at a time.
function byMeasurement(fields: readonly MetricField[], most: number): MetricField[][] {
  const open = new Map<string, MetricField[]>();
  const all: MetricField[][] = [];
  for (const field of fields) {
    let some = open.get(field.measurement);
    if (some === undefined || some.length === most) {
      some = [];
      all.push(some);
      open.set(field.measurement, some);
    }
    some.push(field);
  }
  return all;
}
