import { floatText, quoted } from '../go-text.ts';
import { labelValue } from '../labels.ts';
import { columnsOf, scalarOf } from './arguments.ts';
import { bucketFraction, bucketQuantile, makeMonotonic } from './bucket-math.ts';
import type { BucketCounts, Repair } from './bucket-math.ts';
import { classicHistograms, countsAt } from './classic-histograms.ts';
import type { ClassicHistogram } from './classic-histograms.ts';
import type { Argument, CallContext, WholeFunction } from './function.ts';
import { warnOfQuantile } from './quantile-warning.ts';

const signature = { kind: 'whole', optional: 0, returns: 'vector' } as const;

/** Functions of classic histograms: series whose label `le` says up to which value they count. */
export const histograms: readonly WholeFunction[] = [
  { ...signature, name: 'histogram_quantile', args: ['scalar', 'vector'], of: quantiles },
  {
    ...signature,
    name: 'histogram_fraction',
    args: ['scalar', 'scalar', 'vector'],
    of(args, context) {
      const [lowers, uppers] = [scalarOf(args, 0), scalarOf(args, 1)];
      return classicHistograms(columnsOf(args, 2), context.argsAt[2], context).map((histogram) =>
        ofEachStep(histogram, (buckets, at) => bucketFraction(lowers[at] as number, uppers[at] as number, buckets)),
      );
    },
  },
];

function quantiles(args: readonly Argument[], context: CallContext) {
  const wanted = scalarOf(args, 0);
  for (const quantile of new Set(wanted)) warnOfQuantile(quantile, context);
  const repaired = repairs(context);
  const answers = classicHistograms(columnsOf(args, 1), context.argsAt[1], context).map((histogram) => {
    const name = labelValue(histogram.labels, '__name__');
    return ofEachStep(histogram, (buckets, at) => {
      const quantile = wanted[at] as number;
      if (!(quantile >= 0)) return quantile < 0 ? -Infinity : NaN;
      if (quantile > 1) return Infinity;
      const repair = makeMonotonic(buckets);
      const answer = bucketQuantile(quantile, buckets);
      // Where there is no answer, nobody is told how it came about.
      if (repair !== undefined && hasObservations(buckets)) repaired.add(name, repair, at);
      return answer;
    });
  });
  repaired.tell();
  return answers;
}

function hasObservations({ length, counts }: BucketCounts): boolean {
  return length > 1 && counts[length - 1] !== 0;
}

// Of what has no bucket without an end, nothing is known but that there is no answer.
function ofEachStep(histogram: ClassicHistogram, of: (buckets: BucketCounts, at: number) => number) {
  const { labels, steps } = histogram;
  const values = new Float64Array(steps);
  const present = new Uint8Array(steps);
  for (let at = 0; at < steps; at++) {
    const buckets = countsAt(histogram, at);
    if (buckets.length === 0) continue;
    present[at] = 1;
    values[at] = buckets.bounds[buckets.length - 1] === Infinity ? of(buckets, at) : NaN;
  }
  return { labels, values, present, dropsName: true };
}

interface Repairs {
  count: number;
  first: number;
  last: number;
  all: Repair;
}

// Told once a metric for all steps, with how far it went.
function repairs({ steps, annotations, argsAt }: CallContext) {
  const byName = new Map<string, Repairs>();
  return {
    add(name: string, repair: Repair, at: number): void {
      const time = steps.start + at * steps.step;
      const before = byName.get(name) ?? { count: 0, first: time, last: time, all: repair };
      byName.set(name, {
        count: before.count + 1,
        first: Math.min(before.first, time),
        last: Math.max(before.last, time),
        all: {
          lowest: Math.min(before.all.lowest, repair.lowest),
          highest: Math.max(before.all.highest, repair.highest),
          greatest: Math.max(before.all.greatest, repair.greatest),
        },
      });
    },
    tell(): void {
      for (const [name, { count, first, last, all }] of byName) {
        annotations.info(
          'input to histogram_quantile needed to be fixed for monotonicity (see ' +
            'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
            (name === '' ? '' : ` for metric name ${quoted(name)}`) +
            `, from buckets ${floatText(all.lowest)} to ${floatText(all.highest)}, with a max diff of ${floatText(all.greatest, 2)}, ` +
            `over ${count} samples from ${timeText(first)} to ${timeText(last)}`,
          argsAt[1],
        );
      }
    },
  };
}

function timeText(milliseconds: number): string {
  return new Date(Math.trunc(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
