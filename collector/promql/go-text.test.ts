import { describe, expect, it } from 'vitest';
import { floatText, parseFloatText } from './go-text.ts';

describe('numbers as Go has them', () => {
  it.each<[number, number | undefined, string]>([
    [0, undefined, '0'],
    [-0, undefined, '-0'],
    [1.5, undefined, '1.5'],
    [100_000, undefined, '100000'],
    [1_000_000, undefined, '1e+06'],
    [123_456_789, undefined, '1.23456789e+08'],
    [0.0001, undefined, '0.0001'],
    [0.00001, undefined, '1e-05'],
    [-1e100, undefined, '-1e+100'],
    [NaN, undefined, 'NaN'],
    [Infinity, undefined, '+Inf'],
    [-Infinity, undefined, '-Inf'],
    [3, 2, '3'],
    [123, 2, '1.2e+02'],
    [0.126, 2, '0.13'],
    [10, 2, '10'],
  ])('%d with %s digits is written %s', (value, digits, text) => {
    expect(floatText(value, digits)).toBe(text);
  });

  it.each<[string, number | undefined]>([
    ['1', 1],
    ['-.5', -0.5],
    ['1e3', 1000],
    ['+Inf', Infinity],
    ['-infinity', -Infinity],
    ['nan', NaN],
    ['0x1p-2', 0.25],
    ['-0x1.8p1', -3],
    ['', undefined],
    [' 1', undefined],
    ['1_000', undefined],
    ['0x10', undefined],
    ['0xp1', undefined],
    ['one', undefined],
  ])('%j is read as %s', (text, value) => {
    expect(parseFloatText(text)).toBe(value);
  });
});
