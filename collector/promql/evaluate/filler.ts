import type { SeriesSamples } from '../queryable.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { inTurns } from './pace.ts';

/** Turns the samples of one series after the other into values at steps. */
export interface Filler {
  /** Starts with a series; its values go into these arrays. */
  begin(series: SeriesSamples, values: Float64Array, present: Uint8Array): void;
  /** Fills the steps from `from` up to `to`, which is not included; stretches come in order and without gaps. */
  readonly fill: (from: number, to: number) => void;
  /** Whether any step has got a value since `begin`. */
  any(): boolean;
  /** Steps of this series that take about a millisecond. */
  stretch(series: SeriesSamples): number;
}

/** Makes a column of each series and passes it on if it has any value; arrays that the sink does not keep are used again. */
export function columnsFrom(
  { pace }: Evaluator,
  count: number,
  filler: Filler,
  sink: Sink,
): (series: SeriesSamples, dropsName: boolean) => Promise<void> {
  let values = new Float64Array(count);
  let present = new Uint8Array(count);
  return async (series, dropsName) => {
    filler.begin(series, values, present);
    await inTurns(pace, count, filler.stretch(series), filler.fill);
    if (!filler.any()) return;
    if (await sink({ labels: series.labels, values, present, dropsName })) {
      values = new Float64Array(count);
      present = new Uint8Array(count);
    }
  };
}
