import { describe, expect, it } from 'vitest';
import { byteRate, bytes, digits, duration, percent, whole } from './format.ts';

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('numbers on the page', () => {
  it('have three digits at most, and the unit that suits them', () => {
    expect([0, 0.126, 12.34, 123.4].map(digits)).toEqual(['0', '0.13', '12.3', '123']);
    expect([0, 1023, 1023.9, 25_276_514_304].map((value) => plain(bytes(value)))).toEqual(['0 B', '1023 B', '1 KiB', '23.5 GiB']);
    expect([999, 999.6, 1.2e6].map((value) => plain(byteRate(value)))).toEqual(['999 B/s', '1 kB/s', '1.2 MB/s']);
    expect([0, 0.0994, 0.0999, 1].map((value) => plain(percent(value)))).toEqual(['0.0 %', '9.9 %', '10 %', '100 %']);
    expect(plain(whole(1_234_567))).toBe('1 234 567');
  });

  it('tell times in the two units that matter', () => {
    const seconds = [-1, 9.96, 59.9, 60, 3600, 19_260, 86_400, 3_553_200];
    expect(seconds.map((value) => plain(duration(value)))).toEqual([
      '0.0 s',
      '9.9 s',
      '59 s',
      '1 min',
      '1 h',
      '5 h 21 min',
      '1 d',
      '41 d 3 h',
    ]);
  });
});
