import { expect, test } from 'vitest';
import { Permanent, Transient } from '../contract/errors.ts';
import { openLog } from '../log.ts';
import { manualClock } from '../manual-clock.ts';
import { openQueue } from '../spool/queue.ts';
import { startSender } from './sender.ts';
import { PartlyStored } from './verdict.ts';

/** A sender over a queue in memory, and a collector that does as `answer` says of each batch. */
function sending({
  backlogRate = 1000,
  answer = () => undefined,
}: Partial<{ backlogRate: number; answer: (text: string) => unknown }> = {}) {
  const clock = manualClock();
  const lines: string[] = [];
  const log = openLog((line) => lines.push(line));
  const queue = openQueue({
    openSpool: () => {
      throw Object.assign(new Error('no disk'), { code: 'ENOENT' });
    },
    log: openLog(() => undefined),
    monotonic: clock.monotonic,
  });
  const tried: string[] = [];
  const stored: string[] = [];
  const collector = { answer, atOnce: 0, most: 0 };
  const sender = startSender({
    queue,
    clock,
    log,
    backlogRate,
    random: () => 1,
    collectors: {
      current: 'http://c',
      async send(payload) {
        const text = Buffer.from(payload).toString();
        tried.push(text.trim());
        collector.most = Math.max(collector.most, ++collector.atOnce);
        try {
          const error = await collector.answer(text.trim());
          if (error instanceof Error) throw error;
        } finally {
          collector.atOnce--;
        }
        stored.push(text.trim());
      },
    },
  });
  const put = (text: string, bytes = 0): void => {
    queue.put(Buffer.from(text.padEnd(bytes)), 10);
    sender.wake();
  };
  return { clock, lines, queue, tried, stored, collector, sender, put };
}

test('after an outage the newest goes first and the backlog follows oldest first at its rate', async () => {
  const { clock, stored, collector, put, queue, sender } = sending();
  collector.answer = () => new Transient('503');
  for (const text of ['a', 'b', 'c', 'd']) put(text, 500);
  await clock.pass(1000);
  collector.answer = () => undefined;
  put('e', 500);
  await clock.pass(2000);
  expect(stored[0]).toBe('e');
  const before = stored.length;
  await clock.pass(1000);
  expect(stored.length - before).toBe(2);
  await clock.pass(5000);
  expect(stored).toEqual(['e', 'a', 'b', 'c', 'd']);
  expect([queue.waiting, sender.sent, sender.valuesSent]).toEqual([0, 5, 50]);
});

test('a live batch does not wait behind a backlog request that hangs', async () => {
  const { clock, stored, collector, put } = sending();
  collector.answer = () => new Transient('503');
  put('old');
  put('older news');
  await clock.pass(500);
  collector.answer = (text) => (text === 'old' ? new Promise(() => undefined) : undefined);
  await clock.pass(2000);
  put('live');
  await clock.pass(0);
  expect(stored).toEqual(['older news', 'live']);
  expect(collector.atOnce).toBe(1);
  expect(collector.most).toBeLessThanOrEqual(2);
});

test('attempts are made after growing pauses up to a minute, and each change is said once', async () => {
  const { clock, tried, lines, collector, put, sender } = sending();
  collector.answer = () => new Transient('connect ECONNREFUSED');
  const times: number[] = [];
  put('a');
  for (let second = 0; second < 300; second++) {
    const before = tried.length;
    await clock.pass(1000);
    if (tried.length > before) times.push(second + 1);
  }
  expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
  collector.answer = () => undefined;
  await clock.pass(60_000);
  expect(sender.failed).toBe(10);
  expect(lines).toEqual([
    'vigie-agent: warning: batches are not taken: connect ECONNREFUSED; 1 batch waits, and it is tried again\n',
    'vigie-agent: http://c takes batches again after 303 s; 0 batches wait\n',
  ]);
});

test('the pause that a collector asks for is kept', async () => {
  const { clock, tried, collector, put } = sending();
  collector.answer = () => new Transient('429', { retryAfterMs: 30_000 });
  put('a');
  await clock.pass(29_000);
  put('b');
  await clock.pass(500);
  expect(tried).toEqual(['a']);
  await clock.pass(1000);
  expect(tried).toEqual(['a', 'b']);
});

test('what is refused for good is dropped, counted, and holds nothing up', async () => {
  const { clock, lines, collector, put, queue, sender, stored } = sending();
  collector.answer = (text) =>
    text === 'bad' ? new Permanent('400 unable to parse') : text === 'half' ? new PartlyStored('400 partial write') : undefined;
  for (const text of ['bad', 'good', 'half', 'good too']) {
    put(text);
    await clock.pass(10);
  }
  expect([sender.refused, sender.partlyStored, sender.sent, sender.failed]).toEqual([1, 1, 2, 0]);
  expect([stored, queue.waiting]).toEqual([['good', 'good too'], 0]);
  expect(lines).toEqual([
    'vigie-agent: warning: http://c refuses a batch, which is dropped: 400 unable to parse\n',
    'vigie-agent: warning: http://c stored a batch only in part: 400 partial write\n',
  ]);
});

test('a backlog that fails rests on its own while live batches go on', async () => {
  const { clock, stored, collector, put } = sending();
  collector.answer = () => new Transient('503');
  put('old');
  await clock.pass(100);
  put('first');
  collector.answer = (text) => (text === 'old' ? new Transient('429') : undefined);
  await clock.pass(1000);
  for (let batch = 0; batch < 5; batch++) {
    put(`live ${batch}`);
    await clock.pass(1000);
  }
  expect(stored).toEqual(['first', 'live 0', 'live 1', 'live 2', 'live 3', 'live 4']);
});

test('stopping sends the newest once more, within its deadline', async () => {
  const { clock, stored, collector, put, queue, sender } = sending();
  collector.answer = () => new Transient('503');
  put('a');
  put('b');
  await clock.pass(100);
  collector.answer = () => undefined;
  await sender.stop(2000);
  expect(stored).toEqual(['b']);
  expect(queue.waiting).toBe(1);
});
