import { expect, it } from 'vitest';
import { timeText, valueText } from './value-text.ts';

it.each([
  [0, '0'],
  [-0, '-0'],
  [1.5, '1.5'],
  [-5, '-5'],
  [5, '5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e-6, '0.000001'],
  [1e-7, '1e-07'],
  [-2.5e-9, '-2.5e-09'],
  [1.25e-300, '1.25e-300'],
  [123456789012345680000, '123456789012345680000'],
  [1e21, '1e+21'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('%s is written as Prometheus writes it', (value, text) => expect(valueText(value)).toBe(text));

it.each([
  [1435781430781, '1435781430.781'],
  [1435781430000, '1435781430'],
  [1435781430700, '1435781430.700'],
  [5, '0.005'],
  [-1500, '-1.500'],
  [0, '0'],
])('%s ms are seconds, with three decimals where they are needed', (time, text) => expect(timeText(time)).toBe(text));
