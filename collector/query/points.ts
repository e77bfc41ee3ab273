import { writeNumber } from '../../agent/contract/line-encode.ts';
import type { Column, RawSeries } from '../promql/evaluation.ts';
import { timeText, valueText } from './value-text.ts';

// Points are most of an answer. As bytes from the start they cost half of what strings do, which would be made to be encoded.

const SCRATCH_BYTES = 16_384;
/** Room for a point: a number has at most 24 characters, an integer below 1e21 22, and a time 20. */
const POINT_BYTES = 128;
/** Where points are written: nobody else writes until they have been copied, as nothing is waited for in between. */
const scratch = new Uint8Array(SCRATCH_BYTES);

/** Between two points: the end of a value, and the beginning of the next point. */
const NEXT = '"],[';
const COMMA = Uint8Array.of(0x2c);
const QUOTE = 0x22;
const BRACKET = 0x5d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Times as JSON, with what stands around them. */
export interface TimeTexts {
  readonly bytes: Uint8Array;
  /** Where each begins, and the last ends. */
  readonly places: Uint32Array;
}

/** Of the steps of a question: every series has the same. */
export function stepTexts(start: number, step: number, count: number): TimeTexts {
  return timeTexts(count, (at) => start + at * step);
}

function timeTexts(count: number, timeOf: (at: number) => number): TimeTexts {
  const texts = Array.from({ length: count }, (_, at) => `${NEXT}${timeText(timeOf(at))},"`);
  const places = new Uint32Array(count + 1);
  for (const [at, text] of texts.entries()) places[at + 1] = (places[at] as number) + text.length;
  return { bytes: Buffer.from(texts.join(''), 'latin1'), places };
}

/** Samples whose times are written together. */
const TOGETHER = 4096;

/** The points of samples that have each their own time; pieces as of {@link steppedPoints}. */
export function* rawPoints({ times, values }: RawSeries): Generator<Uint8Array> {
  const present = new Uint8Array(Math.min(values.length, TOGETHER)).fill(1);
  for (let from = 0; from < values.length; from += TOGETHER) {
    const some = values.subarray(from, from + TOGETHER);
    const texts = timeTexts(some.length, (at) => times[from + at] as number);
    if (from > 0) yield COMMA;
    yield* steppedPoints({ values: some, present }, texts);
  }
}

/** The points of a column, as what stands between the brackets of a JSON list; each piece is to be copied before the next is asked for. */
export function* steppedPoints(
  { values, present }: Pick<Column, 'values' | 'present'>,
  { bytes, places }: TimeTexts,
): Generator<Uint8Array> {
  let end = 0;
  let isFirst = true;
  for (let step = 0; step < values.length; step++) {
    if (present[step] !== 1) continue;
    if (end > SCRATCH_BYTES - POINT_BYTES) {
      yield scratch.subarray(0, end);
      end = 0;
    }
    const to = places[step + 1] as number;
    // The first has no value before it.
    for (let from = (places[step] as number) + (isFirst ? NEXT.length - 1 : 0); from < to; from++) scratch[end++] = bytes[from] as number;
    end = writeValue(scratch, end, values[step] as number);
    isFirst = false;
  }
  if (isFirst) return;
  scratch[end++] = QUOTE;
  scratch[end++] = BRACKET;
  yield scratch.subarray(0, end);
}

/** Writes what {@link valueText} says; answers the place behind it. Needs 32 bytes of room. */
export function writeValue(bytes: Uint8Array, at: number, value: number): number {
  if (value === 0) {
    if (Object.is(value, -0)) bytes[at++] = MINUS;
    bytes[at++] = ZERO;
    return at;
  }
  const size = Math.abs(value);
  // Between these, JavaScript and Prometheus write no exponent.
  if (size >= 1e-6 && size < 1e21) return writeNumber(bytes, at, value);
  const text = valueText(value);
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}
