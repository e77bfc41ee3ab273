import { describe, expect, test } from 'vitest';
import type { LiveDay } from './live-day.ts';
import { resolutionOf, rollingOf } from './resolution.ts';
import type { Resolution, SealedDay } from './sealed/sealed-day.ts';
import type { SourceDay } from './sources.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

function day(has: string, live?: 'late'): SourceDay {
  const sealed = { has: { raw: has.includes('raw'), minutes: has.includes('1m'), hours: has.includes('1h') } } as SealedDay;
  const late = { partition: {} } as LiveDay;
  return { day: '2026-11-20', start: 0, end: DAY - 1, sealed, live: live === undefined ? undefined : late };
}

function resolution(call: string, range: number, step: number, days: number, of: SourceDay): Resolution | undefined {
  return resolutionOf(of, rollingOf({ matchers: [], from: 0, to: days * DAY, hint: { call, range, step } }));
}

describe('of a sealed day is read', () => {
  const all = day('raw 1m 1h');
  test.each<[Resolution | undefined, string, string, number, number, number, SourceDay]>([
    ['raw', 'what is short', '', 0, MINUTE, 1, all],
    ['raw', 'small steps', '', 0, 15_000, 10, all],
    ['1m', 'a long time in steps of minutes', '', 0, MINUTE, 10, all],
    ['1m', 'a long time in steps of hours', '', 0, HOUR, 10, all],
    ['1h', 'a very long time in steps of hours', '', 0, HOUR, 90, all],
    ['1m', 'a rate over minutes', 'rate', 5 * MINUTE, MINUTE, 90, all],
    ['1m', 'a rate over too few hours', 'rate', HOUR, HOUR, 90, all],
    ['1h', 'a rate over hours', 'rate', 2 * HOUR, HOUR, 90, all],
    ['raw', 'a rate over too few minutes', 'rate', MINUTE, MINUTE, 90, all],
    ['1m', 'an average', 'avg_over_time', 5 * MINUTE, MINUTE, 90, all],
    ['raw', 'what needs every sample', 'quantile_over_time', 5 * MINUTE, MINUTE, 90, all],
    ['raw', 'a window itself', '', 5 * MINUTE, MINUTE, 90, all],
    ['raw', 'a slope', 'deriv', 5 * MINUTE, MINUTE, 90, all],
    ['raw', 'a single moment', '', 0, 0, 1, all],
    ['raw', 'a day to which rows came late', '', 0, MINUTE, 90, day('raw 1m 1h', 'late')],
    ['1m', 'small steps, where samples have gone', '', 0, 15_000, 1, day('1m 1h')],
    ['1h', 'small steps, where minutes have gone, too', '', 0, 15_000, 1, day('1h')],
    ['1m', 'a slope, where samples have gone', 'deriv', 5 * MINUTE, 15_000, 1, day('1m 1h')],
    [undefined, 'what needs every sample, where they have gone', 'quantile_over_time', 5 * MINUTE, MINUTE, 90, day('1m 1h')],
    ['1m', 'a very long time, where hours are missing', '', 0, HOUR, 90, day('raw 1m')],
    ['raw', 'a long time, where minutes are missing', '', 0, MINUTE, 90, day('raw 1h')],
    ['1m', 'minutes where rows came late and samples have gone', '', 0, MINUTE, 90, day('1m 1h', 'late')],
  ])('%s for %s', (wanted, _what, call, range, step, days, of) => {
    expect(resolution(call, range, step, days, of)).toBe(wanted);
  });

  test('nothing of a day that is not sealed', () => {
    expect(resolution('', 0, MINUTE, 90, { ...all, sealed: undefined })).toBeUndefined();
  });
});
