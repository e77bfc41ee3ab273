import type { Answer, Column, RawSeries, Steps } from '../promql/evaluation.ts';
import type { Labels } from '../promql/labels.ts';
import { listed } from './pieces.ts';
import type { Pieces } from './pieces.ts';
import { timeText, valueText } from './value-text.ts';

/** Text that is made before it goes on; a series with many points comes in several pieces. */
const PIECE = 16_384;

/** The answer of an instant question, as JSON. */
export function* instantText(answer: Answer, time: number): Generator<string> {
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
    } else yield* matrix(answer.series, (one) => rawPoints(one));
    yield ']';
  }
}

/** The answer of a range question, as JSON: always a matrix. */
export function* rangeText(answer: Answer, steps: Steps): Generator<string> {
  yield '{"resultType":"matrix","result":[';
  if (answer.type === 'scalar') {
    const present = new Uint8Array(answer.values.length).fill(1);
    const column: Column = { labels: [], values: answer.values, present, dropsName: false };
    yield* matrix([column], (one) => steppedPoints(one, starts(steps, answer.values.length)));
  } else if (answer.type === 'vector') {
    const begin = starts(steps, answer.columns[0]?.values.length ?? 0);
    yield* matrix(answer.columns, (one) => steppedPoints(one, begin));
  }
  yield ']';
}

function* matrix<Series extends Column | RawSeries>(all: readonly Series[], points: (one: Series) => Pieces): Generator<string> {
  let separator = '';
  for (const one of all) {
    yield `${separator}{"metric":${labelsText(one.labels)},"values":[`;
    yield* points(one);
    yield ']}';
    separator = ',';
  }
}

// Every series has the same times: their texts are made once, with what stands around them.
function starts({ start, step }: Steps, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `[${timeText(start + at * step)},"`);
}

function* steppedPoints({ values, present }: Column, begin: readonly string[]): Generator<string> {
  let text = '';
  let separator = '';
  for (let at = 0; at < values.length; at++) {
    if (present[at] !== 1) continue;
    text += `${separator}${begin[at]}${valueText(values[at] as number)}"]`;
    separator = ',';
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

function* rawPoints({ times, values }: RawSeries): Generator<string> {
  let text = '';
  for (let at = 0; at < values.length; at++) {
    text += `${at === 0 ? '' : ','}[${timeText(times[at] as number)},"${valueText(values[at] as number)}"]`;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Labels as a JSON object. */
export function labelsText(labels: Labels): string {
  let text = '{';
  for (let at = 0; at < labels.length; at += 2) {
    text += `${at === 0 ? '' : ','}${JSON.stringify(labels[at])}:${JSON.stringify(labels[at + 1])}`;
  }
  return `${text}}`;
}
