import { declaredMetrics } from '../../expose/declared.gen.ts';
import { QueryError } from '../../promql/query-error.ts';
import { metricName } from '../../series/identity.ts';
import type { Asking } from './answers.ts';

/** A field of a measurement, which is a metric. */
export interface MetricField {
  /** As Prometheus can carry it. */
  readonly metric: string;
  readonly measurement: string;
  readonly field: string;
  /** Whether all of its values are numbers, and not, here and there, booleans. */
  readonly isNumeric: boolean;
}

/** What a database holds: the names of its metrics, and of its tags. */
export interface Schema {
  readonly fields: readonly MetricField[];
  /** Fields by the metric that they come to, mostly one; declared metrics are among them before anything of them is there. */
  readonly fieldsOf: ReadonlyMap<string, readonly MetricField[]>;
  /** Names of tags by measurement. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

/** How long a schema is taken for the present one, milliseconds: a new metric or tag may be asked for so late. */
const FRESH_MS = 5_000;
const DEADLINE_MS = 30_000;
/** Names that are held: a database of more is asked in vain. */
const MOST_NAMES = 200_000;

/** The schema of the moment, asked for again when it has become old; ends with the signal's reason when the signal does. */
export function schemaOf(server: Asking): (signal: AbortSignal) => Promise<Schema> {
  let held: { readonly schema: Promise<Schema>; readonly until: number } | undefined;
  return async (signal) => {
    signal.throwIfAborted();
    if (held === undefined || performance.now() > held.until) {
      // Whoever shares it may not end it for the others.
      const schema = read(server, AbortSignal.timeout(DEADLINE_MS));
      const asked = { schema, until: performance.now() + FRESH_MS };
      held = asked;
      schema.catch(() => {
        if (held === asked) held = undefined;
      });
    }
    return race(held.schema, signal);
  };
}

async function read(server: Asking, signal: AbortSignal): Promise<Schema> {
  const types = new Map<string, Map<string, string[]>>();
  const tags = new Map<string, string[]>();
  let names = 0;
  for await (const { statement, measurement, rows } of server.ask('SHOW FIELD KEYS; SHOW TAG KEYS', signal)) {
    names += rows.length;
    if (names > MOST_NAMES) throw new QueryError('execution', `the database holds more than ${MOST_NAMES} names of fields and tags`);
    if (statement === 0) {
      const fields = entry(types, measurement, () => new Map<string, string[]>());
      for (const [field, type] of rows) entry(fields, String(field), () => []).push(String(type));
    } else for (const [tag] of rows) entry(tags, measurement, () => []).push(String(tag));
  }
  const fields = [...types].flatMap(([measurement, of]) => [...of].flatMap(([field, its]) => metricOf(measurement, field, its) ?? []));
  const fieldsOf = new Map<string, MetricField[]>();
  for (const field of fields) entry(fieldsOf, field.metric, () => []).push(field);
  for (const field of declared()) {
    const same = entry(fieldsOf, field.metric, () => []);
    if (!same.some((known) => known.measurement === field.measurement && known.field === field.field)) same.push(field);
  }
  return { fields, fieldsOf, tags };
}

function declared(): MetricField[] {
  return Object.values(declaredMetrics).flatMap((metrics) =>
    Object.values(metrics).map(({ name, set, field }) => ({ metric: name, measurement: set, field, isNumeric: true })),
  );
}

function metricOf(measurement: string, field: string, types: readonly string[]): MetricField | undefined {
  if (types.every((type) => type === 'string')) return undefined;
  const isNumeric = types.every((type) => type === 'float' || type === 'integer');
  return { metric: metricName(`${measurement}_${field}`), measurement, field, isNumeric };
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function race<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
