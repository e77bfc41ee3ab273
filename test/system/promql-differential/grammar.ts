import { seeded } from '../../../agent/contract/seeded.ts';
import type { Family } from './families.ts';

/** What the generator may use. */
export interface Vocabulary {
  readonly families: readonly Family[];
  /** Windows, as PromQL has them; whole seconds. */
  readonly ranges: readonly string[];
  /** Times for `@`, in seconds, off the beat. */
  readonly fixed: readonly number[];
}

/** A vector: its text, and the labels by which its series differ. */
interface Vector {
  readonly text: string;
  readonly labels: readonly string[];
}

const OF_GAUGES = ['avg', 'min', 'max', 'sum', 'count', 'last', 'present', 'stddev', 'stdvar'].map((name) => `${name}_over_time`);
const OF_GAUGES_TOO = ['delta', 'idelta', 'deriv', 'changes', 'resets'];
const OF_COUNTERS = ['rate', 'rate', 'rate', 'increase', 'irate', 'resets', 'changes'];
const AGGREGATES = ['sum', 'avg', 'min', 'max', 'count', 'group'];
const OF_NUMBERS = ['stddev', 'stdvar'];
/** What makes a NaN of numbers that are none. */
const MAYBE_NAN = / \/ |\b(?:sqrt|ln|log2)\(/;
const MATH = ['abs', 'ceil', 'floor', 'sgn', 'sqrt', 'round', 'ln', 'log2', 'atan', 'deg', 'rad'];
const OFFSETS = ['30s', '1m', '90s', '3m', '5m', '10m'];

/**
 * Makes expressions, the same ones for the same seed and vocabulary. They stay within what Prometheus 2.42 and 3 answer alike
 * (`known-differences.ts`) and are built so that most of them answer something.
 */
export function expressions(seed: number, { families, ranges, fixed }: Vocabulary): () => string {
  const random = seeded(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const chance = (share: number): boolean => random() < share;
  const counters = families.filter(({ isCounter }) => isCounter);
  const gauges = families.filter(({ isCounter }) => !isCounter);
  const varied = gauges.filter(({ values }) => new Set(values).size > 5);
  const continuous = gauges.filter(({ isContinuous }) => isContinuous);

  const matchers = ({ labels }: Family): string => {
    if (chance(0.5)) return '';
    const [label, values] = pick([...labels]);
    const value = pick(values);
    const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const text = chance(0.4)
      ? `${label}=${JSON.stringify(value)}`
      : chance(0.5)
        ? `${label}=~${JSON.stringify(`${escaped}|${escaped.slice(0, 2).replace(/\\$/, '')}.*`)}`
        : values.length > 1
          ? `${label}!=${JSON.stringify(value)}`
          : `${label}!~"none"`;
    return `{${text}}`;
  };
  const moved = (maybeFixed = true): string => {
    if (chance(0.75)) return '';
    if (!maybeFixed || chance(0.6)) return ` offset ${pick(OFFSETS)}`;
    return chance(0.5) ? ` @ ${pick(fixed)}` : ` @ ${pick(['start()', 'end()'])}`;
  };

  const instant = (family: Family): Vector => ({ text: `${family.name}${matchers(family)}${moved()}`, labels: labelsOf(family) });
  const windowed = (family: Family): Vector => {
    const labels = labelsOf(family);
    const predicts = !family.isCounter && chance(0.08);
    const window = `${family.name}${matchers(family)}[${pick(ranges)}]${moved(!predicts)}`;
    if (predicts) return { text: `predict_linear(${window}, ${pick([60, 600, -300])})`, labels };
    if (!family.isCounter && chance(0.15)) return { text: `quantile_over_time(${pick([0.1, 0.5, 0.95])}, ${window})`, labels };
    const call = family.isCounter ? pick(OF_COUNTERS) : pick(chance(0.7) ? OF_GAUGES : OF_GAUGES_TOO);
    return { text: `${call}(${window})`, labels };
  };
  const leaf = (family: Family): Vector => (family.isCounter || chance(0.4) ? windowed(family) : instant(family));

  const aggregate = ({ text, labels }: Vector): Vector => {
    const kept = labels.filter(() => chance(0.5));
    const how = chance(0.15)
      ? ''
      : chance(0.7)
        ? ` by (${kept.join(', ')})`
        : ` without (${labels.filter((label) => !kept.includes(label)).join(', ')})`;
    const call = chance(0.1)
      ? `quantile${how} (${pick([0.25, 0.5, 0.9])}, `
      : `${pick(MAYBE_NAN.test(text) ? AGGREGATES : [...AGGREGATES, ...OF_NUMBERS])}${how} (`;
    return { text: `${call}${text})`, labels: how === '' ? [] : kept };
  };
  // Some of the values lie on each side of it.
  const threshold = ({ values }: Family): number => Number(pick(values.slice(values.length * 0.2, values.length * 0.8 + 1)).toPrecision(3));

  // Two vectors of the same family and labels, which find each other.
  const pair = (family: Family): Vector => {
    const one = leaf(family);
    const other = leaf(family);
    const op = pick(['+', '-', '*', '/', 'atan2', '> bool', '<= bool', 'and', 'or']);
    const on = op.length < 3 || op.includes('bool') ? pick(['', ` ignoring ()`, ` on (${one.labels.join(', ')})`]) : '';
    const text = `${one.text} ${op}${on} ${other.text}`;
    return { text: op === 'atan2' ? `sum by (${one.labels.join(', ')}) (${text})` : text, labels: one.labels };
  };
  // Each series beside the sum of its group.
  const share = (family: Family): Vector => {
    const { text, labels } = leaf(family);
    const kept = labels.filter((label) => label === 'instance');
    return { text: `${text} / on (${kept.join(', ')}) group_left () sum by (${kept.join(', ')}) (${text})`, labels };
  };
  const subquery = (family: Family): Vector => {
    const inner = family.isCounter ? windowed(family) : leaf(family);
    const of = chance(0.4) ? aggregate(inner) : inner;
    const call = pick(['avg', 'min', 'max', 'sum', 'count', 'last', 'stddev']);
    return { text: `${call}_over_time((${of.text})[${pick(ranges)}:${pick(['', '30s', '1m', '47s'])}]${moved()})`, labels: of.labels };
  };

  const vector = (): Vector => {
    const family = chance(0.5) ? pick(counters) : pick(gauges);
    const kind = random();
    if (kind < 0.2) return leaf(family);
    if (kind < 0.45) return aggregate(leaf(family));
    if (kind < 0.55) return pair(family);
    if (kind < 0.62) return share(family);
    if (kind < 0.72) return subquery(family);
    if (kind < 0.77) {
      const { text, labels } = leaf(family);
      return { text: `${pick(MATH)}(${text})`, labels };
    }
    if (kind < 0.82 && continuous.length > 0)
      return { text: `${pick(['topk', 'bottomk'])}(${pick([1, 2, 3])}, ${instant(pick(continuous)).text})`, labels: [] };
    if (kind < 0.9) {
      const gauge = pick(varied.length > 0 ? varied : gauges);
      return {
        text: `${instant(gauge).text} ${pick(['>', '<', '>=', '<=', '!=', '> bool', '== bool'])} ${threshold(gauge)}`,
        labels: labelsOf(gauge),
      };
    }
    const { text, labels } = leaf(family);
    return chance(0.5)
      ? { text: `label_replace(${text}, "made", "$1-x", "instance", "(.).*")`, labels }
      : { text: `(${text}) ${pick(['+', '-', '*', '/'])} ${pick(['2', '0.5', '1e3', 'time()'])}`, labels };
  };

  return () => {
    const made = vector();
    if (chance(0.2)) return aggregate(made).text;
    return made.text;
  };
}

function labelsOf({ labels }: Family): string[] {
  return [...labels].filter(([, values]) => values.length > 1).map(([label]) => label);
}
