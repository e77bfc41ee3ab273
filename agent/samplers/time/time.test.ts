import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import time from './index.ts';
import { zoneName } from './zone-name.ts';

const before = process.env['TZ'];
afterEach(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

test('the clock is shown to the millisecond, with its zone and sources', async () => {
  process.env['TZ'] = 'UTC';
  const { root } = madeMachine({
    '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc hpet \n',
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  });
  expect(await (await watch(time, root, { now: () => 1_700_000_000_125 })).round()).toEqual({
    node_time_seconds: 1_700_000_000.125,
    'node_time_zone_offset_seconds{time_zone="UTC"}': 0,
    'node_time_clocksource_available_info{device="0",clocksource="tsc"}': 1,
    'node_time_clocksource_available_info{device="0",clocksource="hpet"}': 1,
    'node_time_clocksource_current_info{device="0",clocksource="tsc"}': 1,
  });
});

test('a clock source that the kernel gives up is replaced within a minute', async () => {
  let now = 0;
  const current = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
  const machine = madeMachine({ [current]: 'tsc\n' });
  const watched = await watch(time, machine.root, { now: () => now });
  await watched.round();
  machine.write(current, 'hpet\n');
  now = 60_000;
  const shown = Object.keys(await watched.round()).filter((key) => key.includes('current'));
  expect(shown).toEqual(['node_time_clocksource_current_info{device="0",clocksource="hpet"}']);
});

test('without a zone file the offset is its own name', async () => {
  process.env['TZ'] = 'Asia/Kolkata';
  const { root } = madeMachine({});
  expect(await (await watch(time, root)).round()).toMatchObject({ 'node_time_zone_offset_seconds{time_zone="+05:30"}': 19_800 });
});

test('a text, an empty file and half a zone file have no name', () => {
  for (const file of ['', 'TZif', 'not a zone file at all, but long enough to hold the header'])
    expect(zoneName(Buffer.from(file), 0)).toBeUndefined();
});

test.skipIf(!existsSync('/usr/share/zoneinfo/Europe/Paris'))('the names are those that date(1) gives', () => {
  const paris = readFileSync('/usr/share/zoneinfo/Europe/Paris');
  expect(zoneName(paris, 3600)).toBe(zoneOf('2026-01-15'));
  expect(zoneName(paris, 7200)).toBe(zoneOf('2026-07-15'));
  expect(zoneName(paris, 1234)).toBeUndefined();
  for (let length = 0; length < paris.length; length += 97) expect(() => zoneName(paris.subarray(0, length), 3600)).not.toThrow();
});

function zoneOf(date: string): string {
  return execFileSync('date', ['-d', date, '+%Z'], { env: { ...process.env, TZ: 'Europe/Paris' } })
    .toString()
    .trim();
}
