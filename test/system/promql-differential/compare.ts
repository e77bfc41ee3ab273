import type { AnswerData, Answered, Point } from './ask.ts';

/** How far two values may lie apart, as a part of the larger one. */
const RELATIVE = 1e-9;

/** What makes two answers to one question different; undefined where they are the same. */
export function difference(ours: Answered, theirs: Answered, ordered: boolean): string | undefined {
  if (ours.status === 'error' && theirs.status === 'error') {
    // What is wrong is said in each version's own words.
    return ours.errorType === theirs.errorType ? undefined : 'the errors are of other types';
  }
  if (ours.status === 'error' || theirs.status === 'error') return 'only one of them is an error';
  if (ours.data.resultType !== theirs.data.resultType) return `the one is a ${ours.data.resultType}, the other a ${theirs.data.resultType}`;
  const mine = seriesOf(ours.data);
  const its = seriesOf(theirs.data);
  if (ordered && [...mine.keys()].join() !== [...its.keys()].join()) return 'the series come in another order';
  for (const [key, points] of mine) {
    const other = its.get(key);
    if (other === undefined) return `only ours has ${key}`;
    const fault = pointsDiffer(points, other);
    if (fault !== undefined) return `${key} ${fault}`;
  }
  for (const key of its.keys()) if (!mine.has(key)) return `ours lacks ${key}`;
  return ours.data.resultType in SINGLE || mine.size === ours.data.result.length ? undefined : 'a series comes twice in ours';
}

const SINGLE = { scalar: true, string: true };

function seriesOf(data: AnswerData): Map<string, readonly Point[]> {
  if (data.resultType === 'scalar' || data.resultType === 'string') return new Map([[data.resultType, [data.result]]]);
  if (data.resultType === 'vector') return new Map(data.result.map(({ metric, value }) => [keyOf(metric), [value]]));
  return new Map(data.result.map(({ metric, values }) => [keyOf(metric), values]));
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function pointsDiffer(ours: readonly Point[], theirs: readonly Point[]): string | undefined {
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const [mine, its] = [ours[at], theirs[at]];
    if (mine === undefined || its === undefined || Math.abs(mine[0] - its[0]) > 1e-6) {
      return `has its value number ${at + 1} at ${mine?.[0] ?? 'no time'} in ours, at ${its?.[0] ?? 'no time'} in theirs`;
    }
    if (mine[1] !== its[1] && !isNear(numberOf(mine[1]), numberOf(its[1])))
      return `is ${mine[1]} at ${mine[0]} in ours, ${its[1]} in theirs`;
  }
  return undefined;
}

function isNear(one: number, other: number): boolean {
  return Number.isFinite(one) && Math.abs(one - other) <= RELATIVE * Math.max(Math.abs(one), Math.abs(other));
}

function numberOf(text: string): number {
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Number(text);
}
