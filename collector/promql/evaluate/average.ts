import type { Accumulator } from './accumulate.ts';
import { addTo, type Sums } from './kahan.ts';
import { presentOf } from './present.ts';

/**
 * The mean as Prometheus has it: the compensated sum divided by the count, until the sum would pass what a double can hold; from
 * there on the mean is moved by each value.
 */
export function averageOf(count: number): Accumulator {
  const state: Sums = { sums: new Float64Array(count), lost: new Float64Array(count) };
  const counts = new Float64Array(count);
  const moves = new Uint8Array(count);

  function move(step: number, value: number, seen: number): void {
    const before = (seen - 1) / seen;
    state.sums[step] = (state.sums[step] as number) * before;
    state.lost[step] = (state.lost[step] as number) * before;
    addTo(state, step, value / seen);
  }

  return {
    add({ values, present }) {
      for (let step = 0; step < count; step++) {
        if (present[step] === 0) continue;
        const value = values[step] as number;
        const seen = (counts[step] as number) + 1;
        counts[step] = seen;
        const sum = state.sums[step] as number;
        if (seen === 1) state.sums[step] = value;
        else if (moves[step] === 1) move(step, value, seen);
        else if (Math.abs(sum + value) !== Infinity) addTo(state, step, value);
        else {
          moves[step] = 1;
          state.sums[step] = sum / (seen - 1);
          state.lost[step] = (state.lost[step] as number) / (seen - 1);
          move(step, value, seen);
        }
      }
    },
    finish() {
      for (let step = 0; step < count; step++) {
        const divisor = moves[step] === 1 ? 1 : (counts[step] as number);
        state.sums[step] = (state.sums[step] as number) / divisor + (state.lost[step] as number) / divisor;
      }
      return { values: state.sums, present: presentOf(counts) };
    },
  };
}
