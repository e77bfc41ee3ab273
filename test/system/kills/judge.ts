import { oracleValue } from './oracle.ts';
import type { Journal, OracleSeries } from './oracle.ts';

/** A series as a store answers it. */
export interface Answered {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** What is wrong with a store's answers, each fault in words. */
export interface Verdict {
  /** Samples that had to be there, and how many of them the agent knows to be acknowledged. */
  readonly expected: number;
  readonly acknowledged: number;
  /** Acknowledged, or only spooled, and not there. */
  readonly lost: string[];
  readonly undelivered: string[];
  readonly changed: string[];
  readonly doubled: string[];
  /** Right, but not in the journal: the kill came between spool and journal. */
  readonly unnoted: number;
}

/** An empty verdict. */
export function noVerdict(): Verdict {
  return { expected: 0, acknowledged: 0, lost: [], undelivered: [], changed: [], doubled: [], unnoted: 0 };
}

/** Both verdicts as one. */
export function addVerdicts(one: Verdict, other: Verdict): Verdict {
  return {
    expected: one.expected + other.expected,
    acknowledged: one.acknowledged + other.acknowledged,
    lost: [...one.lost, ...other.lost],
    undelivered: [...one.undelivered, ...other.undelivered],
    changed: [...one.changed, ...other.changed],
    doubled: [...one.doubled, ...other.doubled],
    unnoted: one.unnoted + other.unnoted,
  };
}

/** Holds a series as it is answered against what its agent noted and what the oracle says. */
export function judge(series: OracleSeries, { spooled, acknowledged }: Journal, { times, values }: Answered): Verdict {
  const name = `${series.node} ${series.part} ${series.field}`;
  const seen = new Set<number>();
  const verdict = { ...noVerdict(), expected: new Set([...spooled, ...acknowledged]).size, acknowledged: acknowledged.size };
  let unnoted = 0;
  times.forEach((time, at) => {
    const wanted = oracleValue(series, time);
    const value = values[at] ?? Number.NaN;
    if (seen.has(time)) verdict.doubled.push(`${name} at ${time}`);
    seen.add(time);
    if (value !== wanted) verdict.changed.push(`${name} at ${time}: ${value} instead of ${wanted}`);
    if (!spooled.has(time) && !acknowledged.has(time)) unnoted++;
  });
  for (const time of acknowledged) if (!seen.has(time)) verdict.lost.push(`${name} at ${time}`);
  for (const time of spooled) if (!seen.has(time) && !acknowledged.has(time)) verdict.undelivered.push(`${name} at ${time}`);
  return { ...verdict, unnoted };
}
