import { describe, expect, it } from 'vitest';
import { inWords, lackOf, markLack } from './lack.ts';
import { programPath } from './programs.ts';

describe('a missing server', () => {
  it('is told from the name of the group that it skips', () => {
    expect(lackOf(markLack('the store', inWords(['influxd', 'promtool'])))).toBe(inWords(['influxd', 'promtool']));
    expect(lackOf('the store')).toBeUndefined();
    expect(inWords(['influxd'])).toBe('influxd (Debian package influxdb)');
  });

  it('names its Debian package to whoever starts it anyway', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      expect(() => programPath('prometheus')).toThrow('apt-get install prometheus');
    } finally {
      process.env['PATH'] = path;
    }
  });
});
