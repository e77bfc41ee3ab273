import type { Answer, Column, RawSeries, Steps } from '../promql/evaluation.ts';
import type { Labels } from '../promql/labels.ts';
import { listed } from './pieces.ts';
import type { Piece, Pieces } from './pieces.ts';
import { rawPoints, steppedPoints, stepTexts } from './points.ts';
import { timeText, valueText } from './value-text.ts';

/** The answer of an instant question, as JSON. */
export function* instantText(answer: Answer, time: number): Generator<Piece> {
  const at = timeText(time);
  if (answer.type === 'scalar') yield `{"resultType":"scalar","result":[${at},"${valueText(answer.values[0] ?? Number.NaN)}"]`;
  else if (answer.type === 'string') yield `{"resultType":"string","result":[${at},${JSON.stringify(answer.value)}]`;
  else {
    yield `{"resultType":"${answer.type}","result":[`;
    if (answer.type === 'vector') {
      yield* listed(
        answer.columns,
        (column) => `{"metric":${labelsText(column.labels)},"value":[${at},"${valueText(column.values[0] ?? Number.NaN)}"]}`,
      );
    } else yield* matrix(answer.series, rawPoints);
    yield ']';
  }
}

/** The answer of a range question, as JSON: always a matrix. */
export function* rangeText(answer: Answer, { start, step }: Steps): Generator<Piece> {
  yield '{"resultType":"matrix","result":[';
  if (answer.type === 'scalar') {
    const present = new Uint8Array(answer.values.length).fill(1);
    const column: Column = { labels: [], values: answer.values, present, dropsName: false };
    yield* matrix([column], (one) => steppedPoints(one, stepTexts(start, step, answer.values.length)));
  } else if (answer.type === 'vector') {
    const texts = stepTexts(start, step, answer.columns[0]?.values.length ?? 0);
    yield* matrix(answer.columns, (one) => steppedPoints(one, texts));
  }
  yield ']';
}

function* matrix<Series extends Column | RawSeries>(all: readonly Series[], points: (one: Series) => Pieces): Generator<Piece> {
  let separator = '';
  for (const one of all) {
    yield `${separator}{"metric":${labelsText(one.labels)},"values":[`;
    yield* points(one);
    yield ']}';
    separator = ',';
  }
}

/** Labels as a JSON object. */
export function labelsText(labels: Labels): string {
  let text = '{';
  for (let at = 0; at < labels.length; at += 2) {
    text += `${at === 0 ? '' : ','}${JSON.stringify(labels[at])}:${JSON.stringify(labels[at + 1])}`;
  }
  return `${text}}`;
}
