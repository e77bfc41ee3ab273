import { clamps } from './clamp.ts';
import { dates } from './dates.ts';
import type { PromqlFunction } from './function.ts';
import { histograms } from './histograms.ts';
import { labelFunctions } from './label-functions.ts';
import { math } from './math.ts';
import { nativeHistograms } from './native-histograms.ts';
import { overTime } from './over-time.ts';
import { rates } from './rates.ts';
import { sampleTimes } from './sample-times.ts';
import { scalars } from './scalars.ts';
import { sorting } from './sorting.ts';
import { special } from './special.ts';
import { spreadOverTime } from './spread-over-time.ts';
import { trends } from './trends.ts';
import { trigonometry } from './trigonometry.ts';
import { turns } from './turns.ts';

/** All functions of Prometheus 3, and most of its experimental ones, which say so. */
export const functions: readonly PromqlFunction[] = [
  ...rates,
  ...turns,
  ...trends,
  ...overTime,
  ...spreadOverTime,
  ...sampleTimes,
  ...math,
  ...trigonometry,
  ...clamps,
  ...dates,
  ...sorting,
  ...labelFunctions,
  ...histograms,
  ...nativeHistograms,
  ...scalars,
  ...special,
];

const byName = new Map(functions.map((each) => [each.name, each]));

/** Functions that Prometheus has behind a feature flag only; it refuses them with `function "NAME" is not enabled`. */
export const experimentalFunctions: ReadonlySet<string> = new Set([
  ...functions.filter(({ experimental }) => experimental).map(({ name }) => name),
  'histogram_quantiles',
  'info',
  'integral',
  'start_timestamp',
]);

/** The function of that name, also where it is experimental; undefined where there is none. */
export function functionNamed(name: string): PromqlFunction | undefined {
  return byName.get(name);
}
