import type { Matcher } from '../../promql/ast.ts';
import { labelsKey, labelValue } from '../../promql/labels.ts';
import type { Labels } from '../../promql/labels.ts';
import { labelsTest, matcherTest } from '../../promql/match-labels.ts';
import type { Queryable, Selection, SeriesQuestion, SeriesSamples } from '../../promql/queryable.ts';
import { QueryError } from '../../promql/query-error.ts';
import { labelName } from '../../series/identity.ts';
import type { OpenQueryable } from '../reading.ts';
import { secretFrom } from '../secret.ts';
import { asking } from './answers.ts';
import type { Asking } from './answers.ts';
import { labelNamesIn, labelValuesIn, metricNamesIn } from './index-questions.ts';
import { labelsWith, readSeries } from './read-series.ts';
import { gathered, grown } from './samples.ts';
import { schemaOf } from './schema.ts';
import type { MetricField, Schema } from './schema.ts';
import { sampleStatements, seriesStatements } from './statements.ts';

/** What the store tells the thread that asks: where an InfluxDB 1.x is, and who we are to it. */
export interface InfluxOpening {
  /** Without a slash at its end. */
  readonly url: string;
  readonly database: string;
  readonly username: string | undefined;
  readonly password_file: string | undefined;
}

/** Samples handed on at a time, more or less. */
const BATCH_SAMPLES = 65_536;
/** Series handed on at a time. */
const BATCH_SERIES = 512;
/** Samples that may be held where a series comes in parts: what Prometheus lets a question hold (`query.max-samples`). */
const MOST_SAMPLES = 50_000_000;
/** Series that a question may find. */
const MOST_SERIES = 2_000_000;

/** Asks an InfluxDB 1.x; nothing is asked before the first question. */
export const openQueryable: OpenQueryable<InfluxOpening> = async ({ url, database, username, password_file }) => {
  const password = password_file === undefined ? undefined : secretFrom(password_file, 'stores.influxdb.password_file');
  return queryableOf(asking({ url, database, username, password }));
};

function queryableOf(server: Asking): Queryable {
  const schemaNow = schemaOf(server);

  const series = async (question: SeriesQuestion, signal: AbortSignal): Promise<readonly Labels[]> => {
    const schema = await schemaNow(signal);
    const found = new Map<string, Labels>();
    for (const matchers of question.anyOf.length === 0 ? [[]] : question.anyOf) {
      const statements = seriesStatements(fieldsFor(matchers, schema), matchers, question, schema);
      const matches = labelsTest(matchers);
      for await (const { statement, labels, samples } of readSeries(server, statements, signal)) {
        for (const [place, field] of statement.fields.entries()) {
          if (samples[place]?.length === 0) continue;
          const its = labelsWith(labels, field);
          if (matches(its)) found.set(labelsKey(its), its);
        }
        if (question.limit > 0 && found.size >= question.limit) return [...found.values()].slice(0, question.limit);
        if (found.size > MOST_SERIES) throw new QueryError('execution', `the question finds more than ${MOST_SERIES} series`);
      }
    }
    return [...found.values()];
  };

  return {
    async *select(selection, signal) {
      const schema = await schemaNow(signal);
      for await (const batch of batches(selected(server, selection, schema, signal))) {
        yield batch;
        signal.throwIfAborted();
      }
    },

    series,

    async labelNames(question, signal) {
      const names = isOfAll(question)
        ? await labelNamesIn(server, question, signal)
        : (await series({ ...question, limit: 0 }, signal)).flatMap((labels) => labels.filter((_, at) => at % 2 === 0));
      return firstOf(names, question.limit);
    },

    async labelValues(name, question, signal) {
      if (!isOfAll(question)) return firstOf(await valuesOf(name, question), question.limit);
      const schema = await schemaNow(signal);
      const values = await (name === '__name__'
        ? metricNamesIn(server, schema, question, signal)
        : labelValuesIn(server, name, schema, question, signal));
      return firstOf(values, question.limit);

      async function valuesOf(label: string, asked: SeriesQuestion): Promise<readonly string[]> {
        const all = await series({ ...asked, limit: 0 }, signal);
        return all.map((labels) => labelValue(labels, label));
      }
    },
  };
}

async function* selected(server: Asking, selection: Selection, schema: Schema, signal: AbortSignal): AsyncIterable<SeriesSamples> {
  const fields = fieldsFor(selection.matchers, schema);
  const matches = labelsTest(selection.matchers);
  const parts = gathered(MOST_SAMPLES);
  for await (const { statement, labels, samples } of readSeries(server, sampleStatements(fields, selection, schema), signal)) {
    for (const [place, field] of statement.fields.entries()) {
      const its = samples[place];
      if (its === undefined || its.length === 0) continue;
      const series = grown(labelsWith(labels, field), its);
      if (!matches(series.labels)) continue;
      if (isAlone(field, schema)) yield series;
      else parts.add(series);
    }
  }
  yield* parts.all();
}

/** The fields whose metric's name matches. */
function fieldsFor(matchers: readonly Matcher[], schema: Schema): readonly MetricField[] {
  const names = matchers.filter(({ name }) => name === '__name__');
  const exact = names.find(({ op }) => op === '=');
  const among = exact === undefined ? schema.fields : (schema.fieldsOf.get(exact.value) ?? []);
  const tests = names.map(matcherTest);
  return among.filter(({ metric }) => tests.every((test) => test(metric)));
}

/** Whether no other series of the database can have the same labels as one of this field has. */
function isAlone({ metric, measurement }: MetricField, { fieldsOf, tags }: Schema): boolean {
  if ((fieldsOf.get(metric)?.length ?? 0) > 1) return false;
  const its = tags.get(measurement) ?? [];
  return !(its.includes('host') && its.includes('instance')) && new Set(its.map(labelName)).size === its.length;
}

function isOfAll({ anyOf }: SeriesQuestion): boolean {
  return anyOf.length === 0 || anyOf.some((matchers) => matchers.length === 0);
}

function firstOf(names: Iterable<string>, limit: number): readonly string[] {
  const all = [...new Set(names)].filter((name) => name !== '').sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return limit > 0 ? all.slice(0, limit) : all;
}

async function* batches(series: AsyncIterable<SeriesSamples>): AsyncIterable<readonly SeriesSamples[]> {
  let batch: SeriesSamples[] = [];
  let samples = 0;
  for await (const one of series) {
    batch.push(one);
    samples += one.times.length;
    if (samples < BATCH_SAMPLES && batch.length < BATCH_SERIES) continue;
    yield batch;
    batch = [];
    samples = 0;
  }
  if (batch.length > 0) yield batch;
}
