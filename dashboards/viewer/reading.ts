import { parseExposition } from './exposition.ts';
import type { Families, Sample } from './exposition.ts';

/** A node's exposition at one moment, with what its counters did since the moment before. */
export interface Reading {
  /** The samples of a metric; none where the node does not send it. */
  all(name: string): readonly Sample[];
  /** A metric of one series; null where it is missing. */
  one(name: string): number | null;
  /** Growth of a counter per second since the reading before; null where there is none or it was reset. */
  rate(name: string, sample: Sample): number | null;
}

/** Makes readings of one node's texts as they are polled. */
export interface Readings {
  /** The reading of this text, or the last one where the node has sent nothing since. */
  take(text: string, receivedAt: number): Reading;
}

/** Readings of one node. Rates are over the node's own clock where it sends it, so that the time of polling blurs nothing. */
export function readings(): Readings {
  let last: { readonly seconds: number; readonly values: Map<string, number>; readonly reading: Reading } | undefined;
  return {
    take(text, receivedAt) {
      const families = parseExposition(text);
      const seconds = families.get('node_time_seconds')?.[0]?.value ?? receivedAt / 1000;
      if (last !== undefined && seconds === last.seconds) return last.reading;
      const reading = readingOf(families, last === undefined ? undefined : { values: last.values, elapsed: seconds - last.seconds });
      last = { seconds, values: valuesOf(families), reading };
      return reading;
    },
  };
}

function readingOf(
  families: Families,
  before: { readonly values: ReadonlyMap<string, number>; readonly elapsed: number } | undefined,
): Reading {
  const all = (name: string): readonly Sample[] => families.get(name) ?? [];
  return {
    all,
    one: (name) => all(name)[0]?.value ?? null,
    rate(name, { key, value }) {
      const old = before?.values.get(`${name} ${key}`);
      if (old === undefined || before === undefined || before.elapsed <= 0 || value < old) return null;
      return (value - old) / before.elapsed;
    },
  };
}

function valuesOf(families: Families): Map<string, number> {
  const values = new Map<string, number>();
  for (const [name, samples] of families) for (const { key, value } of samples) values.set(`${name} ${key}`, value);
  return values;
}
