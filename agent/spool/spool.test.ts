import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpool } from './spool.ts';
import type { Spool } from './spool.ts';

let dir = '';
const MAX = 1_048_576;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-spool-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(at = dir, maxBytes = MAX): Spool {
  return openSpool({
    dir: at,
    maxBytes,
    onTrouble: (error) => {
      throw error;
    },
  });
}

/** Every payload that waits, oldest first, taken out for good. */
function drain(spool: Spool): string[] {
  const texts: string[] = [];
  for (let record = spool.find('oldest', () => false); record !== undefined; record = spool.find('oldest', () => false)) {
    const payload = spool.read(record);
    if (payload === undefined) continue;
    texts.push(payload.toString());
    spool.settle(record);
  }
  return texts;
}

function fill(spool: Spool, ...texts: readonly string[]): void {
  for (const text of texts) spool.append(Buffer.from(text), 1);
}

function reopened(change: () => void = () => undefined): { texts: string[]; damaged: number } {
  change();
  const spool = open();
  const texts = drain(spool);
  const { damaged } = spool;
  spool.close();
  return { texts, damaged };
}

function segments(): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.spool'))
    .sort();
}

test('what is not acknowledged is there again, in order, after reopening', () => {
  const spool = open();
  fill(spool, 'one', 'two', 'three', 'four');
  const second = spool.find('oldest', ({ sequence }) => sequence === 1);
  if (second !== undefined) spool.settle(second);
  spool.close();
  expect(reopened()).toEqual({ texts: ['one', 'three', 'four'], damaged: 0 });
  expect(segments()).toEqual([]);
});

test('in the steady state one file goes up and down to nothing', () => {
  const spool = open();
  for (let batch = 0; batch < 1000; batch++) {
    fill(spool, 'x'.repeat(5000));
    expect(drain(spool)).toHaveLength(1);
    expect(spool.bytes).toBe(0);
  }
  expect(segments()).toHaveLength(1);
  spool.close();
  expect(segments()).toEqual([]);
});

test('the newest and the oldest are found over many segments, some of them skipped', () => {
  const spool = open();
  for (let batch = 0; batch < 100; batch++) fill(spool, `${batch}`.padEnd(10_000));
  expect(segments().length).toBeGreaterThan(5);
  const newest = spool.find('newest', () => false);
  const oldest = spool.find('oldest', ({ sequence }) => sequence <= 40);
  expect(newest && spool.read(newest)?.toString().trim()).toBe('99');
  expect(oldest && spool.read(oldest)?.toString().trim()).toBe('40');
  if (newest !== undefined) spool.settle(newest);
  if (oldest !== undefined) spool.settle(oldest);
  expect(spool.waiting).toBe(98);
  spool.close();
  expect(reopened().texts.map(Number)).toEqual(Array.from({ length: 99 }, (_, batch) => batch).filter((batch) => batch !== 40));
});

test('above the byte cap the oldest are pushed out and counted', () => {
  const spool = open(dir, 100_000);
  for (let batch = 0; batch < 100; batch++) fill(spool, `${batch}`.padEnd(4000));
  expect(spool.bytes).toBeLessThanOrEqual(100_000);
  expect(spool.waiting + spool.pushedOut).toBe(100);
  expect(spool.waiting).toBeGreaterThan(15);
  expect(drain(spool).map(Number).at(0)).toBe(spool.pushedOut);
  spool.close();
});

test('a file cut off at any byte loses at most the records behind the cut, and the one cut is counted', () => {
  fillOnce('alpha', 'beta', 'gamma');
  const [name = ''] = segments();
  const whole = readFileSync(join(dir, name));
  for (let length = 0; length < whole.length; length++) {
    const { texts, damaged } = reopened(() => writeFileSync(join(dir, name), whole.subarray(0, length)));
    const ends = [37, 73, 110];
    const intact = ends.filter((end) => end <= length).length;
    expect(texts, `cut at ${length}`).toEqual(['alpha', 'beta', 'gamma'].slice(0, intact));
    expect(damaged, `cut at ${length}`).toBe(length === 0 || ends.includes(length) ? 0 : 1);
  }
});

test('a byte flipped anywhere loses at most its own record, and that is counted', () => {
  fillOnce('alpha', 'beta', 'gamma');
  const [name = ''] = segments();
  const whole = readFileSync(join(dir, name));
  for (let at = 0; at < whole.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ mask;
      const { texts, damaged } = reopened(() => writeFileSync(join(dir, name), broken));
      const hit = at < 37 ? 'alpha' : at < 73 ? 'beta' : 'gamma';
      const harmless = (at < 37 ? at : at < 73 ? at - 37 : at - 73) >= 28 && (at < 37 ? at : at < 73 ? at - 37 : at - 73) < 32;
      const left = ['alpha', 'beta', 'gamma'].filter((text) => harmless || text !== hit);
      expect([texts, damaged], `flip of ${mask} at ${at}`).toEqual([left, harmless ? 0 : 1]);
    }
  }
});

test('acknowledged records next to damage stay acknowledged', () => {
  const spool = open();
  fill(spool, 'alpha', 'beta', 'gamma');
  const first = spool.find('oldest', () => false);
  if (first !== undefined) spool.settle(first);
  spool.close();
  const [name = ''] = segments();
  const bytes = readFileSync(join(dir, name));
  bytes[40] = 0;
  expect(reopened(() => writeFileSync(join(dir, name), bytes))).toEqual({ texts: ['gamma'], damaged: 1 });
});

const strangers: Record<string, () => void> = {
  'a foreign file': () => writeFileSync(join(dir, 'README'), 'hello'),
  'a foreign folder': () => mkdirSync(join(dir, 'lost+found')),
  'a folder named like a segment': () => mkdirSync(join(dir, '000000000009.spool')),
  'an empty segment': () => writeFileSync(join(dir, '000000000009.spool'), ''),
  'a segment of another format': () => writeFileSync(join(dir, '000000000009.spool'), Buffer.alloc(100_000, 'VgS\u0002 from the future')),
  'a segment numbered to the limit': () => writeFileSync(join(dir, 'ffffffffffff.spool'), ''),
  'a name that is nearly a segment': () => writeFileSync(join(dir, '1.spool'), 'hello'),
  'an id that is none': () => writeFileSync(join(dir, 'id'), 'hello'),
  'an empty lock': () => writeFileSync(join(dir, 'lock'), ''),
  'the lock of a process that has ended': () => writeFileSync(join(dir, 'lock'), '4194305 77\n'),
  'the lock of a process whose number somebody else has now': () => writeFileSync(join(dir, 'lock'), `${process.pid} 1\n`),
  'junk behind the last record': () => appendFileSync(join(dir, '000000000001.spool'), Buffer.alloc(70_000, 7)),
  'half a record behind the last': () =>
    appendFileSync(join(dir, '000000000001.spool'), readFileSync(join(dir, '000000000001.spool')).subarray(0, 34)),
};
for (const [what, place] of Object.entries(strangers)) {
  test(`${what} in the directory keeps nothing from being read or written`, () => {
    fillOnce('alpha', 'beta');
    place();
    const spool = open();
    fill(spool, 'gamma');
    expect(drain(spool)).toEqual(['alpha', 'beta', 'gamma']);
    spool.close();
    expect(reopened()).toEqual({ texts: [], damaged: 0 });
  });
}

test('several records damaged in a row are counted one by one where the sequence tells', () => {
  fillOnce('alpha', 'beta', 'gamma', 'delta');
  const [name = ''] = segments();
  const bytes = readFileSync(join(dir, name));
  bytes.fill(0, 37, 110);
  expect(reopened(() => writeFileSync(join(dir, name), bytes))).toEqual({ texts: ['alpha', 'delta'], damaged: 2 });
});

test('a segment copied by hand is sent, and nothing of the others is lost', () => {
  fillOnce('alpha', 'beta');
  copyFileSync(join(dir, '000000000001.spool'), join(dir, '000000000007.spool'));
  expect(reopened()).toEqual({ texts: ['alpha', 'beta', 'alpha', 'beta'], damaged: 0 });
});

test('a directory that a live process has is refused, with its number and what to do', () => {
  const spool = open();
  expect(() => open()).toThrow(new RegExp(`belongs to the running process ${process.pid}; .*--spool`));
  spool.close();
  open().close();
});

test('the id survives a restart, and one that is damaged is made anew', () => {
  const first = open();
  first.close();
  const again = open();
  expect(again.id).toBe(first.id);
  expect(again.id).toMatch(/^[0-9a-f]{16}$/);
  again.close();
  truncateSync(join(dir, 'id'), 5);
  const fresh = open();
  expect(fresh.id).not.toBe(first.id);
  fresh.close();
});

test('files tidied away under a running spool cost what was in them and no more', () => {
  const spool = openSpool({ dir, maxBytes: MAX, onTrouble: () => undefined });
  for (let batch = 0; batch < 40; batch++) fill(spool, `${batch}`.padEnd(10_000));
  const [oldest = ''] = segments();
  rmSync(join(dir, oldest));
  const left = drain(spool).map(Number);
  expect(left.at(-1)).toBe(39);
  expect(left.length + spool.damaged).toBe(40);
  spool.close();
});

const canMount = tryMount();

test.skipIf(!canMount)('on a full disk a batch is refused whole, and taken again when there is room', () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
  try {
    const spool = open(dir, 10 * MAX);
    let written = 0;
    expect(() => {
      for (; written < 100; written++) fill(spool, `${written}`.padEnd(10_000));
    }).toThrow(/ENOSPC/);
    expect(written).toBeGreaterThan(10);
    expect(() => fill(spool, 'more'.padEnd(10_000))).toThrow(/ENOSPC/);
    const oldest = spool.find('oldest', () => false);
    expect(oldest && spool.read(oldest)?.toString().trim()).toBe('0');
    execFileSync('mount', ['-o', 'remount,size=1m', dir]);
    fill(spool, 'last');
    const texts = drain(spool).map((text) => text.trim());
    expect(texts).toHaveLength(written + 1);
    expect(texts.at(-1)).toBe('last');
    expect(spool.damaged).toBe(0);
    spool.close();
  } finally {
    execFileSync('umount', ['-l', dir]);
  }
});

test.skipIf(process.getuid?.() === 0)('a directory that may not be written is refused with its reason', () => {
  chmodSync(dir, 0o500);
  expect(() => open()).toThrow(/EACCES/);
});

function fillOnce(...texts: readonly string[]): void {
  const spool = open();
  fill(spool, ...texts);
  spool.close();
  expect(statSync(join(dir, '000000000001.spool')).size).toBeGreaterThan(0);
}

function tryMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'vigie-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
