import type { Column } from '../evaluation.ts';
import { columnsOf } from './arguments.ts';
import type { WholeFunction } from './function.ts';
import { stepSeconds } from './step-times.ts';

const DAY = 86_400;

/** Functions of a date in UTC: of values that are seconds since the epoch, or of the steps' times where none are given. */
export const dates: readonly WholeFunction[] = [
  dated('minute', (seconds) => Math.floor(ofDay(seconds) / 60) % 60),
  dated('hour', (seconds) => Math.floor(ofDay(seconds) / 3600)),
  // 1 January 1970 was a Thursday.
  dated('day_of_week', (seconds) => modulo(Math.floor(seconds / DAY) + 4, 7)),
  dated('day_of_month', (seconds) => civil(seconds).day),
  dated('day_of_year', (seconds) => Math.floor(seconds / DAY) - daysTo(civil(seconds).year, 1, 1) + 1),
  dated('days_in_month', (seconds) => daysIn(civil(seconds))),
  dated('month', (seconds) => civil(seconds).month),
  dated('year', (seconds) => civil(seconds).year),
];

function dated(name: string, of: (seconds: number) => number): WholeFunction {
  const ofValue = (value: number) => of(wholeSeconds(value));
  return {
    kind: 'whole',
    name,
    args: ['vector'],
    optional: 1,
    returns: 'vector',
    of(args, { steps }) {
      const columns = args.length === 0 ? [nowAt(stepSeconds(steps))] : columnsOf(args, 0);
      return columns.map((column): Column => ({ ...column, values: column.values.map(ofValue), dropsName: true }));
    },
  };
}

function nowAt(seconds: Float64Array): Column {
  return { labels: [], values: seconds, present: new Uint8Array(seconds.length).fill(1), dropsName: false };
}

// What is no number of seconds that Go's int64 can hold is its end, where amd64's conversion and Go's calendar lead.
function wholeSeconds(value: number): number {
  return Math.abs(value) < 2 ** 63 ? Math.trunc(value) : 2 ** 63;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function ofDay(seconds: number): number {
  return modulo(seconds, DAY);
}

// Years begin in March here, so that the leap day is the last; 400 years have 146 097 days. As a Date ends with the year 275760.
function civil(seconds: number): { year: number; month: number; day: number } {
  const days = Math.floor(seconds / DAY) + 719_468;
  const era = Math.floor(days / 146_097);
  const ofEra = days - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

function daysTo(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear - 719_468;
}

function daysIn({ year, month }: { year: number; month: number }): number {
  const next = month === 12 ? daysTo(year + 1, 1, 1) : daysTo(year, month + 1, 1);
  return next - daysTo(year, month, 1);
}
