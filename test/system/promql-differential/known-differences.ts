/**
 * Where Prometheus 2.42 answers otherwise than Prometheus 3, which is what we answer; and what keeps the questions from there.
 * Sources: Prometheus's CHANGELOG.md and its migration guide (prometheus.io/docs/prometheus/latest/migration).
 */
export const knownDifferences: readonly { readonly what: string; readonly keptOut: string }[] = [
  {
    what: '3 leaves a sample on the left edge of a window or of the look-back out, 2.42 takes it in',
    keptOut: 'samples stand 137 ms behind full seconds; windows and offsets are whole seconds, and questions come at half seconds',
  },
  {
    what: 'a window of a subquery in a subquery begins on a step, where 3 leaves it out',
    keptOut: 'inner subqueries are moved by 500 ms',
  },
  {
    what: 'since 2.53 a counter is not extrapolated beyond half a step to the time when it would have been 0, where its first sample is far from the edge',
    keptOut:
      'made counters that begin or come back in a window are large beside what they gain; windows on recorded ones lie within the recording',
  },
  { what: 'atan2 keeps the name of its left side in 2.42', keptOut: 'it is asked within an aggregation' },
  {
    what: 'until 2.50 the window of predict_linear moves on with the steps although `@` fixes it (prometheus/prometheus#11708)',
    keptOut: 'it is asked of windows without `@`',
  },
  { what: 'stddev and stdvar of a single NaN are 0 in 2.42', keptOut: 'they are not asked of what may be NaN' },
  {
    what: 'averages are summed in another order, which shows where a function turns the last bit into the first',
    keptOut: 'cos and its like are asked of small numbers',
  },
  { what: 'holt_winters has become double_exponential_smoothing, and experimental', keptOut: 'neither is asked' },
  {
    what: 'functions that came later (sort_by_label, mad_over_time, limitk, info, …) are experimental or new',
    keptOut: 'they are not asked',
  },
  {
    what: 'names are dropped late: `sum by (__name__) (rate(…))`, and rates of several names beside each other, which 2.42 refuses',
    keptOut: 'functions that drop names get one name each, and nobody groups by the name behind them',
  },
  {
    what: 'names and labels may be any text, and numbers stand for durations and the other way round',
    keptOut: 'such texts are not among the questions',
  },
  { what: 'warnings and infos do not exist in 2.42', keptOut: 'they are not compared' },
  { what: '`.` in a regular expression means line breaks too', keptOut: 'no label holds one' },
  { what: 'of equal values, topk and bottomk do not say which they take', keptOut: 'they are asked of values that hardly ever come twice' },
];
