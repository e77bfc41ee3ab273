import type { Selection } from '../../promql/queryable.ts';
import type { Resolution } from './sealed/sealed-day.ts';
import type { SourceDay } from './sources.ts';

/** What roll-ups can stand for where a selection's samples are not read, or not there any more. */
export interface Rolling {
  /** What is best read. */
  readonly wanted: Resolution;
  /** Whether roll-ups are an answer at all. */
  readonly isAllowed: boolean;
  /** Whether a counter's values are to be without its resets. */
  readonly isRate: boolean;
}

/** Functions that roll-ups answer as the samples would, where the windows' ends are the buckets'. */
const ANSWERED = new Set([
  'timestamp',
  'last_over_time',
  'present_over_time',
  'absent_over_time',
  'avg_over_time',
  'sum_over_time',
  'count_over_time',
  'min_over_time',
  'max_over_time',
]);
/** Functions of counters: a bucket tells what was gained. */
const RATES = new Set(['rate', 'increase', 'irate']);
/** Functions that the last sample of each bucket comes near to: better than nothing where nothing else is left. */
const NEARLY = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);

const LENGTHS = { raw: 0, '1m': 60_000, '1h': 3_600_000 } as const satisfies Record<Resolution, number>;
/** Time from which on minutes, and hours, save so much that their being a little off the steps is worth it. */
const LONG = { '1m': 2 * 86_400_000, '1h': 14 * 86_400_000 } as const;

/** What of a selection may be read from roll-ups. */
export function rollingOf({ from, to, hint: { call, range, step } }: Selection): Rolling {
  const isInstant = range === 0;
  const isRate = RATES.has(call);
  const isAnswered = isRate || ANSWERED.has(call) || (isInstant && call === '');
  const isWorth = (resolution: '1m' | '1h'): boolean => {
    const length = LENGTHS[resolution];
    // A window of one bucket has no rate.
    return isAnswered && step >= length && (isInstant || range >= 2 * length) && to - from >= LONG[resolution];
  };
  const wanted = isWorth('1h') ? '1h' : isWorth('1m') ? '1m' : 'raw';
  return { wanted, isAllowed: isAnswered || NEARLY.has(call), isRate };
}

const ORDERS: Record<Resolution, readonly Resolution[]> = {
  raw: ['raw', '1m', '1h'],
  '1m': ['1m', 'raw', '1h'],
  '1h': ['1h', '1m', 'raw'],
};

/** What of a day is read: what is wanted or else what is left; undefined where nothing is of use. Rows that came late are merged with samples only. */
export function resolutionOf({ sealed, live }: SourceDay, { wanted, isAllowed }: Rolling): Resolution | undefined {
  if (sealed === undefined) return undefined;
  const { raw, minutes, hours } = sealed.has;
  const has = { raw, '1m': minutes, '1h': hours };
  if (raw && (!isAllowed || live?.partition !== undefined)) return 'raw';
  return ORDERS[wanted].find((resolution) => has[resolution] && (isAllowed || resolution === 'raw'));
}

/** The length of a resolution's buckets, milliseconds; 0 for samples. */
export function lengthOf(resolution: Resolution): number {
  return LENGTHS[resolution];
}
