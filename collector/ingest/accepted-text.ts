import { NEWLINE, SPACE } from '../../agent/contract/ascii.ts';
import { writeNumber } from '../../agent/contract/line-encode.ts';

/** Lines to be taken over from a body: as they stand, or one line with its time written anew. */
export interface Span {
  readonly start: number;
  /** Without its line end. */
  end: number;
  /** Milliseconds to be written behind the line; NaN where the lines stay as they are. */
  readonly time: number;
}

/** What has been accepted of a body, span by span; lines that stand together and stay as they are make one span. */
export interface Accepted {
  /** Takes the line of these bounds as it stands. */
  keep(start: number, end: number): void;
  /** Takes the line of these bounds, which end before its timestamp, with this time. */
  keepWithTime(start: number, end: number, time: number): void;
  /** The accepted lines, each ending with a newline; the body or a part of it where it stays as it is. */
  text(): Promise<Uint8Array>;
}

const SLICE = 20_000;

/** Nothing accepted of `bytes` yet. */
export function accepted(bytes: Uint8Array): Accepted {
  const spans: Span[] = [];
  let last: Span | undefined;
  return {
    keep(start, end) {
      if (last !== undefined && last.end + 1 === start && last.time !== last.time && bytes[last.end] === NEWLINE) last.end = end;
      else spans.push((last = { start, end, time: Number.NaN }));
    },
    keepWithTime(start, end, time) {
      spans.push((last = { start, end, time }));
    },
    async text() {
      const [only] = spans;
      const asItStands = only !== undefined && spans.length === 1 && only.time !== only.time && bytes[only.end] === NEWLINE;
      if (!asItStands) return write(bytes, spans);
      return only.start === 0 && only.end === bytes.length - 1 ? bytes : bytes.subarray(only.start, only.end + 1);
    },
  };
}

async function write(bytes: Uint8Array, spans: readonly Span[]): Promise<Uint8Array> {
  const longest = spans.reduce((sum, { start, end }) => sum + (end - start) + 24, 0);
  const text = Buffer.allocUnsafe(longest);
  let at = 0;
  for (const [index, { start, end, time }] of spans.entries()) {
    text.set(bytes.subarray(start, end), at);
    at += end - start;
    if (time === time) {
      if (text[at - 1] !== SPACE) text[at++] = SPACE;
      at = writeNumber(text, at, time);
    }
    text[at++] = NEWLINE;
    if (index % SLICE === SLICE - 1) await new Promise(setImmediate);
  }
  return text.subarray(0, at);
}
