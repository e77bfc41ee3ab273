import type { Answer } from '../../collector/promql/evaluation.ts';
import { almostEqual } from '../../collector/promql/functions/almost-equal.ts';
import type { Labels } from '../../collector/promql/labels.ts';
import { keepLabels, labelsKey } from '../../collector/promql/labels.ts';
import type { Expectations, Wording } from './expectations.ts';
import type { SeriesLine } from './series-line.ts';

/** What was wanted and what came instead. */
export interface Fault {
  readonly wanted: string;
  readonly got: string;
}

/** A series of an answer: its values by time. */
interface Given {
  readonly labels: Labels;
  readonly values: ReadonlyMap<number, number>;
}

// Relative, as Prometheus's own runner allows it.
const TOLERANCE = 1e-6;

/** What is wrong with an answer's values, which are wanted at these times; undefined when nothing is. */
export function judgeAnswer(answer: Answer, expected: Expectations, times: readonly number[]): Fault | undefined {
  if (answer.type === 'string') {
    return answer.value === expected.string ? undefined : { wanted: `the text ${expected.string}`, got: `the text ${answer.value}` };
  }
  if (expected.string !== undefined) return { wanted: `the text ${expected.string}`, got: `a ${answer.type}` };
  const isInstant = times.length === 1;
  if (isInstant && answer.type === 'scalar') return judgeScalar(answer.values[0] as number, expected.scalar);
  if (expected.scalar !== undefined) return { wanted: `${expected.scalar}`, got: `a ${answer.type}` };
  const given = givenBy(answer, times);
  return judgeOrder(given, expected, isInstant) ?? judgeSeries(given, expected.series, expected.matrix ? matrixTimes(expected) : times);
}

/** What is wrong with an answer's warnings and infos. */
export function judgeMessages(answer: Answer, expected: Expectations): Fault | undefined {
  const { warnings, infos } = answer;
  return (
    judgeWordings('warning', warnings, expected.warnings, expected.noWarnings) ??
    judgeWordings('info', infos, expected.infos, expected.noInfos)
  );
}

function judgeWordings(what: string, messages: readonly string[], wanted: readonly Wording[], none: boolean): Fault | undefined {
  const got = messages.length === 0 ? `no ${what}` : messages.join('; ');
  if (none) return messages.length === 0 ? undefined : { wanted: `no ${what}`, got };
  const missing = wanted.find(({ fits }) => !messages.some(fits));
  if (missing !== undefined) return { wanted: `${what} ${missing.text}`, got };
  const isTooMuch = wanted.length > 0 && messages.some((message) => !wanted.some(({ fits }) => fits(message)));
  return isTooMuch ? { wanted: wanted.map(({ text }) => `${what} ${text}`).join('; '), got } : undefined;
}

function judgeScalar(value: number, wanted: number | undefined): Fault | undefined {
  if (wanted !== undefined && almostEqual(value, wanted, TOLERANCE)) return undefined;
  return { wanted: wanted === undefined ? 'no scalar' : `${wanted}`, got: `the scalar ${value}` };
}

function givenBy(answer: Exclude<Answer, { type: 'string' }>, times: readonly number[]): Given[] {
  if (answer.type === 'scalar') return [{ labels: [], values: new Map(times.map((time, at) => [time, answer.values[at] as number])) }];
  if (answer.type === 'matrix') {
    return answer.series.map(({ labels, times, values }) => ({
      labels,
      values: new Map(Array.from(times, (time, at) => [time, values[at] as number])),
    }));
  }
  return answer.columns
    .map(({ labels, dropsName, values, present }) => ({
      labels: dropsName ? keepLabels(labels, (name) => name !== '__name__') : labels,
      values: new Map(times.flatMap((time, at) => (present[at] === 1 ? [[time, values[at] as number] as const] : []))),
    }))
    .filter(({ values }) => values.size > 0);
}

function matrixTimes({ matrix }: Expectations): number[] {
  const { start, end, step } = matrix as NonNullable<Expectations['matrix']>;
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step);
}

function judgeOrder(given: readonly Given[], expected: Expectations, isInstant: boolean): Fault | undefined {
  if (!expected.isOrdered || !isInstant) return undefined;
  const [wanted, got] = [expected.series, given].map((all) => all.map(({ labels }) => labelsText(labels)).join('\n'));
  return wanted === got ? undefined : { wanted: `in this order\n${wanted}`, got: `${got}` };
}

function judgeSeries(given: readonly Given[], wanted: readonly SeriesLine[], times: readonly number[]): Fault | undefined {
  const left = new Map(given.map((each) => [labelsKey(each.labels), each]));
  if (left.size < given.length) return { wanted: 'each series once', got: given.map(({ labels }) => labelsText(labels)).join('\n') };
  // Of lines with the same labels the last one counts.
  for (const { labels, points } of new Map(wanted.map((each) => [labelsKey(each.labels), each])).values()) {
    const key = labelsKey(labels);
    const series = left.get(key);
    left.delete(key);
    const sought = points.flatMap((point, at) => (typeof point === 'number' ? [[times[at], point] as const] : []));
    const fits =
      series !== undefined &&
      series.values.size === sought.length &&
      sought.every(
        ([time, value]) =>
          time !== undefined && series.values.has(time) && almostEqual(series.values.get(time) as number, value, TOLERANCE),
      );
    if (!fits) return { wanted: seriesText(labels, new Map(sought)), got: series ? seriesText(labels, series.values) : 'no such series' };
  }
  const [more] = left.values();
  return more && { wanted: 'no such series', got: seriesText(more.labels, more.values) };
}

function seriesText(labels: Labels, values: ReadonlyMap<number | undefined, number>): string {
  return `${labelsText(labels)} ${[...values].map(([time, value]) => `${value}@${time ?? 'no step'}`).join(' ')}`;
}

function labelsText(labels: Labels): string {
  return `{${labels.flatMap((name, at) => (at % 2 === 0 ? [`${name}=${JSON.stringify(labels[at + 1])}`] : [])).join(', ')}}`;
}
