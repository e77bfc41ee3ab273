import { describe, expect, it } from 'vitest';
import type { CallContext, RangeFunction, Window } from '../functions/function.ts';
import type { SeriesSamples } from '../queryable.ts';
import { createNotes } from './notes.ts';
import { windows } from './windows.ts';

const at = { from: 0, to: 0 };
const context: CallContext = { steps: { start: 1000, end: 1040, step: 10 }, annotations: createNotes(''), at, argsAt: [at] };

function asked(of: RangeFunction['of']): RangeFunction {
  return { kind: 'range', name: 'asked', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false, of };
}

function series(times: readonly number[]): SeriesSamples {
  return { labels: ['a', 'b'], times: Float64Array.from(times), values: Float64Array.from(times), staleAt: [], buckets: undefined };
}

function seen(range: number, times: readonly number[], moments = { first: 0, stride: 10, last: 40 }): string[] {
  const all: string[] = [];
  const filler = windows(
    asked(({ from, to, start, end, time, times }: Window, [other]) => {
      all.push(`(${start}, ${end}] of ${time} with ${other}: ${times.slice(from, to).join(' ')}`);
      return undefined;
    }),
    moments,
    range,
    [Float64Array.of(5, 6, 7, 8, 9)],
    context,
  );
  filler.begin(series(times), new Float64Array(5), new Uint8Array(5));
  filler.fill(0, 2);
  filler.fill(2, 5);
  expect(filler.any()).toBe(false);
  return all;
}

describe('windows', () => {
  it('hold the samples after their start up to and with their end, and are passed over where there are none', () => {
    expect(seen(10, [0, 1, 10, 11, 12, 20, 31])).toEqual([
      '(-10, 0] of 1000 with 5: 0',
      '(0, 10] of 1010 with 6: 1 10',
      '(10, 20] of 1020 with 7: 11 12 20',
      '(30, 40] of 1040 with 9: 31',
    ]);
  });

  it('overlap where the range is longer than the step', () => {
    expect(seen(25, [1, 15, 30])).toEqual([
      '(-15, 10] of 1010 with 6: 1',
      '(-5, 20] of 1020 with 7: 1 15',
      '(5, 30] of 1030 with 8: 15 30',
      '(15, 40] of 1040 with 9: 30',
    ]);
  });

  it('are the same at every step where @ fixes them, but for the step itself', () => {
    expect(seen(10, [3, 5, 8], { first: 7, stride: 0, last: 7 })).toEqual(
      [5, 6, 7, 8, 9].map((other, step) => `(-3, 7] of ${1000 + 10 * step} with ${other}: 3 5`),
    );
  });

  it('give a column the values that there are', () => {
    const filler = windows(
      asked(({ from, to }) => (to - from > 1 ? to - from : undefined)),
      { first: 0, stride: 10, last: 40 },
      10,
      [],
      context,
    );
    const [values, present] = [new Float64Array(5).fill(9), new Uint8Array(5).fill(9)];
    for (const times of [
      [1, 2],
      [11, 12, 13, 25, 26],
    ]) {
      filler.begin(series(times), values, present);
      filler.fill(0, 5);
      expect(filler.any()).toBe(true);
    }
    expect([...present]).toEqual([0, 0, 1, 1, 0]);
    expect([...values.subarray(2, 4)]).toEqual([3, 2]);
  });
});
