import { expect, it } from 'vitest';
import { rawPoints, steppedPoints, stepTexts, writeValue } from './points.ts';
import { valueText } from './value-text.ts';

const edges = [0, -0, 1, -5, 1.5, 0.1 + 0.2, 1e-6, 9.999e-7, -2.5e-9, 1e20, 123456789012345680000, 1e21, 5e-324, 1.7976931348623157e308];
const others = [NaN, Infinity, -Infinity, 2 ** 53, 2 ** 53 + 2, 1 / 3, -2 / 3e5, 1795195923.585, 0.999999999, 4294967295.5];

it.each([...edges, ...others])('%s as bytes is what it is as text', (value) => {
  const bytes = Buffer.alloc(64);
  expect(bytes.toString('latin1', 0, writeValue(bytes, 0, value))).toBe(valueText(value));
});

it('points are as many as are present, each with its time, in pieces that are copied', () => {
  const values = Float64Array.from({ length: 5000 }, (_, at) => at / 7);
  const present = Uint8Array.from(values, (_, at) => (at % 3 === 0 ? 0 : 1));
  const pieces = Array.from(steppedPoints({ values, present }, stepTexts(500, 1500, 5000)), (piece) =>
    Buffer.from(piece).toString('latin1'),
  );
  expect(pieces.length).toBeGreaterThan(5);
  const wanted = [...values].flatMap((value, at) => (present[at] === 1 ? [[(500 + at * 1500) / 1000, String(value)]] : []));
  expect(JSON.parse(`[${pieces.join('')}]`)).toEqual(wanted);
});

it('nothing is written of a column without values', () => {
  const column = { values: Float64Array.of(1, 2), present: new Uint8Array(2) };
  expect([...steppedPoints(column, stepTexts(0, 1, 2))]).toEqual([]);
});

it('of samples that have their own times none is lost', () => {
  const times = Float64Array.from({ length: 10_000 }, (_, at) => at * 1500 + (at % 7));
  const values = times.map((time) => time / 3);
  const text = Array.from(rawPoints({ labels: [], times, values }), (piece) => Buffer.from(piece).toString('latin1')).join('');
  expect(JSON.parse(`[${text}]`)).toEqual(Array.from(times, (time, at) => [time / 1000, String(values[at])]));
});
