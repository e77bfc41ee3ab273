import { grown } from './head-index.ts';
import { nextPeriod } from './period.ts';

/** The two last samples of every slot, and how often they come. Times are milliseconds since the epoch; -Infinity where none came. */
export interface LatestSamples {
  /** Takes a sample; one older than the latest changes nothing, and of two at one time the last that came stands, as it does in the stores. */
  note(slot: number, time: number, value: number): void;
  /** Moves the times of a slot `by` milliseconds back: the clock that they were read from was set back. */
  setBack(slot: number, by: number): void;
  /** Makes a slot one that nothing has come of. */
  clear(slot: number): void;
  value(slot: number): number;
  time(slot: number): number;
  previousValue(slot: number): number;
  previousTime(slot: number): number;
  /** Milliseconds between its samples; 0 or less until two gaps have shown it. */
  period(slot: number): number;
}

/** A slot's numbers stand side by side: whoever needs one needs the others, and a miss of the cache costs more than the reading. */
const NUMBERS = 5;
const TIME = 0;
const VALUE = 1;
const PREVIOUS_TIME = 2;
const PREVIOUS_VALUE = 3;
const PERIOD = 4;

/** No samples yet. */
export function latestSamples(): LatestSamples {
  let latest = new Float64Array(1024 * NUMBERS);
  return {
    note(slot, time, value) {
      const own = slot * NUMBERS;
      const before = latest[own + TIME] as number;
      if (time < before) return;
      if (time > before) {
        // Most series come as regularly as a clock; then there is nothing to learn.
        if (time - before !== latest[own + PERIOD]) latest[own + PERIOD] = nextPeriod(latest[own + PERIOD] as number, time - before);
        latest[own + PREVIOUS_TIME] = before;
        latest[own + PREVIOUS_VALUE] = latest[own + VALUE] as number;
        latest[own + TIME] = time;
      }
      latest[own + VALUE] = value;
    },
    setBack(slot, by) {
      const own = slot * NUMBERS;
      latest[own + TIME] = (latest[own + TIME] as number) - by;
      latest[own + PREVIOUS_TIME] = (latest[own + PREVIOUS_TIME] as number) - by;
    },
    clear(slot) {
      const own = slot * NUMBERS;
      if (own === latest.length) latest = grown(latest, new Float64Array(latest.length * 2));
      latest.fill(0, own, own + NUMBERS);
      latest[own + TIME] = Number.NEGATIVE_INFINITY;
      latest[own + PREVIOUS_TIME] = Number.NEGATIVE_INFINITY;
    },
    value: (slot) => latest[slot * NUMBERS + VALUE] as number,
    time: (slot) => latest[slot * NUMBERS + TIME] as number,
    previousValue: (slot) => latest[slot * NUMBERS + PREVIOUS_VALUE] as number,
    previousTime: (slot) => latest[slot * NUMBERS + PREVIOUS_TIME] as number,
    period: (slot) => latest[slot * NUMBERS + PERIOD] as number,
  };
}
