import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../../../agent/contract/say.ts';
import { printable, table } from '../table.ts';
import { liveSize, sealedSize } from './day-size.ts';
import type { DaySize, MeasurementSize } from './day-size.ts';
import { bytesInWords, countInWords } from './in-words.ts';
import { FOLDER_OPTIONS, openStoreFolder } from './store-folder.ts';
import type { StoreFolder } from './store-folder.ts';

/** Says how large the store is: every day, and every measurement. */
export async function sizes(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: FOLDER_OPTIONS });
  const folder = await openStoreFolder(values);
  try {
    say(sizeListing(await measure(folder), folder, Date.now()));
  } finally {
    folder.close();
  }
  return 0;
}

async function measure(folder: StoreFolder): Promise<DaySize[]> {
  const found: DaySize[] = [];
  for (const day of folder.sealed) found.push(await sealedSize(folder.instance, folder.directory, day));
  for (const day of folder.heldBy === undefined ? folder.live : []) {
    found.push(await liveSize(folder.instance, folder.directory, day, await folder.attach(day)));
    await folder.detach(day);
  }
  return found.sort((a, b) => (a.day < b.day ? -1 : 1));
}

const DAY_HEADS = ['DAY', 'STATE', 'AGE', 'SERIES', 'SAMPLES', 'SIZE', 'B/VALUE', '1 MIN', '1 H'];
const HEADS = ['MEASUREMENT', 'SERIES', 'SAMPLES', 'SIZE', 'B/VALUE'];
const RIGHT = new Set([...DAY_HEADS.slice(2), ...HEADS.slice(1)]);

/** What is known of the days, and of their measurements together, the largest first. */
export function sizeListing(
  days: readonly DaySize[],
  { directory, heldBy, live, logBytes, damaged }: Pick<StoreFolder, 'directory' | 'heldBy' | 'live' | 'logBytes' | 'damaged'>,
  now: number,
): string {
  const held = heldBy === undefined ? [] : live.map((day) => heldRow(directory, day, now));
  const rows = [...days.map((day) => dayRow(day, now)), ...held].sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  const measured = [...together(days)].sort(([, a], [, b]) => b.bytes - a.bytes);
  const total = days.reduce((sum, { bytes, minutes, hours }) => sum + (bytes ?? 0) + (minutes ?? 0) + (hours ?? 0), 0);
  const samples = days.reduce((sum, day) => sum + day.samples, 0);
  return [
    `${directory}: ${countInWords(samples)} samples, ${bytesInWords(total)} with roll-ups, and ${bytesInWords(logBytes)} of log\n`,
    ...(heldBy === undefined ? [] : [`Process ${heldBy} writes to it: of days that take rows only the size is known here.\n`]),
    ...damaged.map((path) => `Set aside, as it could not be read: ${path}\n`),
    '\n',
    table(DAY_HEADS, rows, RIGHT),
    ...(measured.length === 0 ? [] : ['\n', table(HEADS, measured.map(measurementRow), RIGHT)]),
  ].join('');
}

function dayRow({ day, state, series, samples, bytes, minutes, hours }: DaySize, now: number): string[] {
  const each = bytes === undefined || samples === 0 ? '-' : (bytes / samples).toFixed(3);
  return [day, state, age(day, now), String(series), countInWords(samples), size(bytes), each, size(minutes), size(hours)];
}

function size(bytes: number | undefined): string {
  return bytes === undefined ? '-' : bytesInWords(bytes);
}

function heldRow(directory: string, day: string, now: number): string[] {
  const bytes = statSync(join(directory, `${day}.duckdb`), { throwIfNoEntry: false })?.size ?? 0;
  return [day, 'live', age(day, now), '-', '-', bytesInWords(bytes), '-', '-', '-'];
}

function measurementRow([name, { series, samples, bytes }]: readonly [string, MeasurementSize]): string[] {
  return [
    printable(name),
    String(series),
    countInWords(samples),
    bytesInWords(bytes),
    samples === 0 || bytes === 0 ? '-' : (bytes / samples).toFixed(3),
  ];
}

function together(days: readonly DaySize[]): Map<string, MeasurementSize> {
  const all = new Map<string, MeasurementSize>();
  for (const { measurements, bytes: kept } of days) {
    // Of a day without samples nobody knows what they took.
    if (kept === undefined) continue;
    for (const [name, { series, samples, bytes }] of measurements) {
      const before = all.get(name) ?? { series: 0, samples: 0, bytes: 0 };
      all.set(name, { series: Math.max(before.series, series), samples: before.samples + samples, bytes: before.bytes + bytes });
    }
  }
  return all;
}

function age(day: string, now: number): string {
  return `${Math.max(0, Math.floor((now - Date.parse(day)) / 86_400_000))}d`;
}
