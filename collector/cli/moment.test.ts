import { expect, it } from 'vitest';
import { momentOf } from './moment.ts';

const NOW = 1_700_000_000_000;

it.each([
  ['now', NOW],
  ['1h', NOW - 3_600_000],
  ['-90s', NOW - 90_000],
  ['1435781430.781', 1435781430781],
  ['2026-11-20T16:00:00Z', Date.UTC(2026, 10, 20, 16)],
  ['2026-11-20T16:00:00.5+01:00', Date.UTC(2026, 10, 20, 15, 0, 0, 500)],
  ['2026-11-20', Date.UTC(2026, 10, 20)],
  ['2026-11-20 16:30', new Date(2026, 10, 20, 16, 30).getTime()],
])('%s is a time', (text, time) => expect(momentOf('--at', text, NOW)).toBe(time));

it.each(['', 'yesterday', '2026', '2026-13-01', '1h30m ago'])('%j is none, and the message says which are', (text) => {
  expect(() => momentOf('--from', text, NOW)).toThrow(
    `--from ${text} is not a time; write it like 2026-11-20T16:00:00Z, 1795190400, or 1h`,
  );
});
