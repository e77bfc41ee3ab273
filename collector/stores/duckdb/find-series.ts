import type { SeriesQuestion } from '../../promql/queryable.ts';
import { labelsOfSeries } from './label-text.ts';
import type { Answering } from './select-pieces.ts';
import { seriesTest } from './series-test.ts';
import { daysWithin } from './sources.ts';
import { turns } from './turns.ts';
import { wantedSeries } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** The series that a question finds, in the order of names and label texts. */
export async function findSeries(
  answering: Answering,
  { anyOf, from, to, limit }: SeriesQuestion,
  signal: AbortSignal,
): Promise<readonly Wanted[]> {
  const { sources, gate, hear } = answering;
  const tests = (anyOf.length === 0 ? [[]] : anyOf).map(seriesTest);
  hear();
  const found = await gate.read(() => wantedSeries(daysWithin(sources, from, to), { tests, from, to, rolling: undefined }, signal));
  return limit > 0 ? found.slice(0, limit) : found;
}

/** The names of their labels, in order. */
export function findLabelNames(answering: Answering, question: SeriesQuestion, signal: AbortSignal): Promise<string[]> {
  return collect(answering, question, signal, (labels, names) => {
    for (let at = 0; at < labels.length; at += 2) names.add(labels[at] as string);
  });
}

/** The values of one of their labels, in order. */
export function findLabelValues(answering: Answering, label: string, question: SeriesQuestion, signal: AbortSignal): Promise<string[]> {
  return collect(answering, question, signal, (labels, values) => {
    for (let at = 0; at < labels.length; at += 2) if (labels[at] === label) values.add(labels[at + 1] as string);
  });
}

async function collect(
  answering: Answering,
  question: SeriesQuestion,
  signal: AbortSignal,
  take: (labels: readonly string[], into: Set<string>) => void,
): Promise<string[]> {
  const turn = turns(signal);
  const texts = new Set<string>();
  const seen = new Set<string>();
  for (const series of await findSeries(answering, { ...question, limit: 0 }, signal)) {
    // Most series share their labels with those of other metrics.
    const { name, labelText } = series;
    take(seen.has(labelText) ? ['__name__', name] : labelsOfSeries(name, labelText), texts);
    seen.add(labelText);
    await turn();
  }
  const sorted = [...texts].sort();
  return question.limit > 0 ? sorted.slice(0, question.limit) : sorted;
}
