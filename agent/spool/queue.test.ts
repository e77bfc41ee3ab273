import { expect, test } from 'vitest';
import { openLog } from '../log.ts';
import { SpoolInUse } from './lock.ts';
import { openQueue } from './queue.ts';
import type { SpoolRecord } from './segment.ts';
import type { Spool } from './spool.ts';

const fault = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

/** A spool on a disk that takes batches only while `full` is not set. */
function diskOf(disk: { full: boolean }, id = '0123456789abcdef'): Spool {
  const held = new Map<number, { record: SpoolRecord; payload: Buffer }>();
  let sequence = 0;
  return {
    id,
    append(payload, values) {
      if (disk.full) throw fault('ENOSPC');
      const record = { segment: 1, offset: 0, length: payload.length, sequence: ++sequence, values, crc: 0 };
      held.set(record.sequence, { record, payload: Buffer.from(payload) });
      return record;
    },
    find(end, skip) {
      const free = [...held.values()].map(({ record }) => record).filter((record) => !skip(record));
      return end === 'oldest' ? free.at(0) : free.at(-1);
    },
    read: (record) => held.get(record.sequence)?.payload,
    settle: (record) => void held.delete(record.sequence),
    get waiting() {
      return held.size;
    },
    bytes: 0,
    damaged: 0,
    pushedOut: 0,
    close: () => undefined,
  };
}

function queueOn(openSpool: () => Spool, maxMemoryBytes = 1000) {
  const lines: string[] = [];
  const time = { now: 0 };
  const queue = openQueue({ openSpool, log: openLog((line) => lines.push(line)), monotonic: () => time.now, maxMemoryBytes });
  const drain = (): string[] => {
    const texts: string[] = [];
    for (let batch = queue.take('oldest'); batch !== undefined; batch = queue.take('oldest')) {
      texts.push(Buffer.from(batch.payload).toString());
      batch.settle();
    }
    return texts;
  };
  return { queue, lines, time, drain, put: (...texts: readonly string[]) => texts.forEach((text) => queue.put(Buffer.from(text), 1)) };
}

test('on a full disk batches wait in memory, go to disk when it takes them, and each change is said once', () => {
  const disk = { full: false };
  const spool = diskOf(disk);
  const { queue, lines, drain, put } = queueOn(() => spool);
  put('a', 'b');
  disk.full = true;
  put('c', 'd');
  expect([queue.waiting, spool.waiting]).toEqual([4, 2]);
  disk.full = false;
  put('e');
  expect([queue.waiting, spool.waiting]).toEqual([5, 5]);
  expect(drain()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(lines).toEqual([
    'vigie-agent: warning: the spool is in trouble: ENOSPC: no; batches that it does not take are kept in memory\n',
    'vigie-agent: the spool works again\n',
  ]);
});

test('memory is bounded, the oldest are pushed out and counted', () => {
  const { queue, drain, put } = queueOn(() => {
    throw fault('EROFS');
  }, 5);
  put('a', 'b', 'c', 'd', 'e', 'f', 'g');
  expect([queue.waiting, queue.pushedOutOfMemory]).toEqual([5, 2]);
  expect(drain()).toEqual(['c', 'd', 'e', 'f', 'g']);
});

test('a batch on its way from memory is not written to disk meanwhile, and is when it comes back', () => {
  const disk = { full: true };
  const spool = diskOf(disk);
  const { queue, put, drain } = queueOn(() => spool);
  put('a');
  const batch = queue.take('newest');
  disk.full = false;
  put('b');
  expect(spool.waiting).toBe(1);
  batch?.giveBack();
  put('c');
  expect(spool.waiting).toBe(3);
  expect(drain().sort()).toEqual(['a', 'b', 'c']);
});

test('a disk that is not there at the start is taken up when it comes', () => {
  let there = false;
  const spool = diskOf({ full: false });
  const { queue, time, put } = queueOn(() => {
    if (!there) throw fault('ENOENT');
    return spool;
  });
  expect(queue.id).toMatch(/^[0-9a-f]{16}$/);
  put('a');
  there = true;
  time.now = 31_000;
  put('b');
  expect([queue.waiting, spool.waiting]).toEqual([2, 2]);
});

test('a directory that belongs to another agent is refused at the start', () => {
  expect(() =>
    queueOn(() => {
      throw new SpoolInUse('taken');
    }),
  ).toThrow(SpoolInUse);
});

test('the same batch is not taken twice until it is given back', () => {
  const { queue, put } = queueOn(() => diskOf({ full: false }));
  put('a', 'b');
  const newest = queue.take('newest');
  const oldest = queue.take('oldest');
  expect([newest?.payload, oldest?.payload].map(String)).toEqual(['b', 'a']);
  expect(queue.take('newest')).toBeUndefined();
  newest?.giveBack();
  expect(String(queue.take('oldest')?.payload)).toBe('b');
});
