import type { Labels } from '../../collector/promql/labels.ts';
import { labelsOf } from '../../collector/promql/labels.ts';

/** A value, a mark that the series is gone, or nothing. */
export type Point = number | 'stale' | undefined;

/** A series and its points, one a step; of native histograms, which nobody here can compare, there are none. */
export interface SeriesLine {
  readonly labels: Labels;
  readonly points: readonly Point[];
  readonly isHistogram: boolean;
}

/** Reads `metric{label="value"} 1 2 _ stale 5+2x3`; throws where it cannot. */
export function readSeriesLine(line: string): SeriesLine {
  const { labels, rest } = readLabels(line);
  if (rest.includes('{{')) return { labels, points: [], isHistogram: true };
  const points = rest
    .split(/\s+/)
    .filter((item) => item !== '')
    .flatMap(readPoints);
  return { labels, points, isHistogram: false };
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
// A name, quoted where it is no plain one, and the value; or a quoted metric name alone.
const pair = /^\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|("(?:[^"\\]|\\.)*"))\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?\s*(,|(?=\}))/;

function readLabels(line: string): { labels: Labels; rest: string } {
  const pairs: Record<string, string> = {};
  const name = metricName.exec(line)?.[0] ?? '';
  if (name !== '') pairs['__name__'] = name;
  let rest = line.slice(name.length).trimStart();
  if (!rest.startsWith('{') || rest.startsWith('{{')) return { labels: labelsOf(pairs), rest };
  rest = rest.slice(1);
  while (!/^\s*\}/.test(rest)) {
    const found = pair.exec(rest);
    if (found === null) throw new Error(`not a series: ${line}`);
    const [whole, plain, quotedName, value] = found;
    const key = plain ?? unquoted(quotedName as string);
    if (value === undefined) pairs['__name__'] = key;
    else pairs[key] = unquoted(value);
    rest = rest.slice(whole.length);
  }
  return { labels: labelsOf(pairs), rest: rest.slice(rest.indexOf('}') + 1) };
}

const escapes: Record<string, string> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A text without its quotation marks and Go's escapes. */
export function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
    (_, hex?: string, short?: string, long?: string, octal?: string, other?: string) => {
      if (other !== undefined) return escapes[other] ?? other;
      return String.fromCodePoint(octal === undefined ? Number.parseInt((hex ?? short ?? long) as string, 16) : Number.parseInt(octal, 8));
    },
  );
}

const number = '(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|[iI]nf|[nN]a[nN]';
const item = new RegExp(`^(?:(_)|(stale)|([+-]?(?:${number}))([+-](?:${number}))?)(?:x(\\d+))?$`);

// `1+2x3` is 1 and three more, each by 2 greater; `_x3` is three gaps.
function readPoints(text: string): Point[] {
  const found = item.exec(text);
  if (found === null) throw new Error(`not a point: ${text}`);
  const [, gap, stale, start, step, times] = found;
  if (gap !== undefined) return Array.from<Point>({ length: Number(times ?? 1) });
  const count = Number(times ?? 0) + 1;
  if (stale !== undefined) return Array.from<Point>({ length: count }).fill('stale');
  const points: Point[] = [];
  let value = readNumber(start as string);
  for (let at = 0; at < count; at++) {
    points.push(value);
    value += step === undefined ? 0 : readNumber(step);
  }
  return points;
}

/** A number as scripts write it: also `Inf`, `-inf` and `NaN`. */
export function readNumber(text: string): number {
  const unsigned = text.replace(/^[+-]/, '').toLowerCase();
  const value = unsigned === 'inf' ? Infinity : unsigned === 'nan' ? NaN : Number(unsigned);
  return text.startsWith('-') ? -value : value;
}
