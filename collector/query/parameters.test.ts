import { describe, expect, it } from 'vitest';
import { parametersOf } from './parameters.ts';

const of = (text: string) => parametersOf(new URLSearchParams({ p: text, limit: text }).toString(), undefined);

describe('a time', () => {
  it.each([
    ['1435781430.781', 1435781430781],
    ['1435781430', 1435781430000],
    ['1.4357814307815e9', 1435781430782],
    ['-1.5', -1500],
    ['2015-07-01T20:10:30.781Z', 1435781430781],
    ['2015-07-01T22:10:30+02:00', 1435781430000],
    ['9e99', 8.64e15],
  ])('is read from %s', (text, ms) => expect(of(text).time('p')).toBe(ms));

  it.each(['', 'now', 'NaN', '2015-07-01', '2015-02-30T00:00:00Z', '2015-13-01T00:00:00Z'])('is refused as %j', (text) => {
    expect(() => of(text).time('p')).toThrow(`invalid parameter "p": cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  });

  it('may be absent where it has a default, and is named where it is wrong', () => {
    expect(of('').timeOr('p', 7)).toBe(7);
    expect(() => of('x').timeOr('p', 7)).toThrow(
      `invalid parameter "p": invalid time value for 'p': cannot parse "x" to a valid timestamp`,
    );
  });
});

describe('a duration', () => {
  it.each([
    ['15', 15_000],
    ['0.5', 500],
    ['-1', -1000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['0', 0],
  ])('is read from %s', (text, ms) => expect(of(text).duration('p')).toBe(ms));

  it.each(['5', '5m'])('of %s may be absent', () => expect(of('').duration('p')).toBeUndefined());

  it.each(['m', '5M', '5m1h', 'abc', 'NaN'])('is refused as %s', (text) => {
    expect(() => of(text).duration('p')).toThrow(`invalid parameter "p": cannot parse "${text}" to a valid duration`);
  });

  it('is refused where Prometheus could not hold it', () => {
    expect(() => of('1e300').duration('p')).toThrow('It overflows int64');
  });
});

it('a limit is a whole number, and none is no limit', () => {
  expect(of('').limit()).toBe(0);
  expect(of('12').limit()).toBe(12);
  expect(() => of('-1').limit()).toThrow('invalid parameter "limit": limit must be non-negative');
  expect(() => of('1.5').limit()).toThrow('invalid parameter "limit": strconv.Atoi: parsing "1.5": invalid syntax');
});

it('a form counts before the URL, and several of a name are taken from both', () => {
  const parameters = parametersOf('query=url&match[]=a', new TextEncoder().encode('query=f%C3%B8rm%20x%2B1&match[]=b'));
  expect(parameters.text('query')).toBe('førm x+1');
  expect(parameters.all('match[]')).toEqual(['b', 'a']);
  expect(parameters.text('absent')).toBe('');
});
