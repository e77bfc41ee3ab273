import type { Question } from './ask.ts';

/** Where Prometheus 2.42 answers otherwise than Prometheus 3, which is what we answer. */
interface KnownDifference {
  readonly what: string;
  /** What keeps the questions from there. */
  readonly keptOut: string;
  /** Questions that would get there, where a look at the text, its strings emptied, tells. */
  readonly asked?: RegExp;
}

/** From Prometheus's CHANGELOG.md, its migration guide (prometheus.io/docs/prometheus/latest/migration) and what was found here. */
const knownDifferences: readonly KnownDifference[] = [
  {
    what: '3 leaves a sample on the left edge of a window or of the look-back out, 2.42 takes it in',
    keptOut: 'samples stand 137 ms behind full seconds; windows and offsets are whole seconds, and questions come at half seconds',
  },
  {
    what: 'a window of a subquery in a subquery begins on a step, which 3 leaves out',
    keptOut: 'inner subqueries are moved by 500 ms',
    asked: /:\w*\](?! offset 500ms)[^[\]]*\[\w+:/,
  },
  {
    what: 'since 2.53 a counter is not extrapolated beyond half a step to the time when it would have been 0, where its first sample is far from the edge',
    keptOut:
      'made counters that begin or come back in a window are large beside what they gain; windows on recorded ones lie within the recording',
  },
  { what: 'atan2 keeps the name of its left side in 2.42', keptOut: 'it is asked within an aggregation', asked: /^[^(]*atan2/ },
  {
    what: 'until 2.50 the window of predict_linear moves on with the steps although `@` fixes it (prometheus/prometheus#11708)',
    keptOut: 'it is asked of windows without `@`',
    asked: /predict_linear\([^,]*@/,
  },
  { what: 'stddev and stdvar of a single NaN are 0 in 2.42', keptOut: 'they are not asked of what may be NaN' },
  {
    what: 'averages are summed in another order, which shows where a function turns the last bit into the first',
    keptOut: 'cos and its like are asked of small numbers',
    asked: /(?:cos|sin|tan)\(.*pascals/,
  },
  {
    what: 'holt_winters has become double_exponential_smoothing, and experimental; other functions came later',
    keptOut: 'they are not asked',
    asked: /holt_winters|double_exponential_smoothing|mad_over_time|sort_by_label|limitk|limit_ratio|\binfo\(|ts_of_|first_over_time/,
  },
  {
    what: 'names are dropped late: `sum by (__name__) (rate(…))`, and rates of several names beside each other, which 2.42 refuses',
    keptOut: 'functions that drop names get one name each, and nobody groups by the name behind them',
    asked: /__name__.*(?:rate|increase|delta|_over_time)\(|(?:rate|increase|delta|_over_time)\(\{/,
  },
  {
    what: 'names and labels may be any text, and numbers stand for durations and the other way round',
    keptOut: 'such texts are not among the questions',
    asked: /\{"|\[\d+\]|offset -?\d+(?!\w)/,
  },
  { what: 'warnings and infos do not exist in 2.42', keptOut: 'they are not compared' },
  { what: '`.` in a regular expression means line breaks too', keptOut: 'no label holds one' },
  { what: 'of equal values, topk and bottomk do not say which they take', keptOut: 'they are asked of values that hardly ever come twice' },
];

/** Throws where a question goes where the versions are known to differ. */
export function refuseKnown({ expression }: Question): void {
  const text = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const known = knownDifferences.find(({ asked }) => asked?.test(text) === true);
  if (known !== undefined) throw new Error(`${expression} is not to be asked: ${known.what}; ${known.keptOut}`);
}
