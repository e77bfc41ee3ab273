import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openFeed } from './feed.ts';
import type { Feed, FeedOptions, FeedReading } from './feed.ts';
import type { FeedProcess } from './feed-process.ts';

interface Counted extends FeedReading {
  readonly pid: number;
  readonly count: number;
}

const dir = mkdtempSync(join(tmpdir(), 'vigie-feed-'));
afterAll(() => rmSync(dir, { recursive: true }));

// A child as the agent starts it. It reads every period until it comes to what its configuration says: `hang` in a call into a
// driver, `die` in one, or `deaf`, which is to hang and not to hear SIGTERM either.
const CHILD = `
  import { runFeed } from '${join(import.meta.dirname, 'feed-child.ts')}';
  import { readOnTime } from '${join(import.meta.dirname, 'on-time.ts')}';
  runFeed(async ({ period, fate, after = 1 }, { say, calling, signal }) => {
    let count = 0;
    const read = () => {
      calling('nvmlDeviceGetTemperature');
      if (count >= after && fate === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      if (count >= after && fate === 'die') process.kill(process.pid, 'SIGSEGV');
      calling('');
      say({ reading: { source: 'made', at: Date.now(), pid: process.pid, count: ++count } });
      say({ ready: true });
    };
    read();
    await readOnTime(() => period, signal, read);
  });
`;
const script = join(dir, 'child.cjs');
buildSync({ stdin: { contents: CHILD, resolveDir: dir }, bundle: true, platform: 'node', format: 'cjs', outfile: script });
const command = [process.execPath, script];

interface Opened extends Feed<Counted> {
  /** Looks as often as rounds do, until something new came. */
  next(this: void): Promise<Counted>;
  /** Looks until there is trouble. */
  trouble(this: void): Promise<string>;
}

function feed({ fate, after, ...options }: Partial<FeedOptions> & { fate?: string; after?: number } = {}): Opened {
  const period = options.period ?? 100;
  const opened = openFeed<Counted>({ name: 'gpu', command, config: { period, fate, after }, ...options, period });
  onTestFinished(() => opened.close());
  return { ...opened, next: () => until(() => opened.take().readings[0]), trouble: () => until(() => opened.take().trouble) };
}

async function until<Value>(found: () => Value | undefined): Promise<Value> {
  let value: Value | undefined;
  await expect.poll(() => (value = found()), { interval: 20, timeout: 20_000 }).toBeDefined();
  return value as Value;
}

test('readings come one after the other, each handed out once, from one child', async () => {
  const { next, take, hung } = feed();
  const first = await next();
  expect(take().readings).toEqual([]);
  const second = await next();
  expect(second.count).toBeGreaterThan(first.count);
  expect(second.pid).toBe(first.pid);
  expect(hung()).toBe(false);
});

test('a reading that waited for longer than it is good for is not handed out', async () => {
  let late = 0;
  const opened = feed({ now: () => Date.now() + late });
  await opened.next();
  late = 60_000;
  await opened.settled();
  expect(opened.take().readings).toEqual([]);
});

test('a child that hangs in a call is named with the call, and counts as hung', async () => {
  const { next, trouble, hung } = feed({ fate: 'hang', softMs: 400 });
  await next();
  expect(await trouble()).toMatch(/^probe gpu has been silent for \d+ s in nvmlDeviceGetTemperature$/);
  expect(hung()).toBe(true);
});

test('a child that is stopped is in no call; once it goes on, all is well and nothing old is said', async () => {
  const opened = feed({ softMs: 400 });
  const { pid } = await opened.next();
  process.kill(pid, 'SIGSTOP');
  expect(await opened.trouble()).toContain('outside any call');
  expect(opened.hung()).toBe(true);
  const before = Date.now();
  process.kill(pid, 'SIGCONT');
  const reading = await opened.next();
  expect(reading.pid).toBe(pid);
  expect(reading.at).toBeGreaterThanOrEqual(before);
  expect(opened.hung()).toBe(false);
});

test('a child that a signal ended in a call is named with both, and is started again after a pause', async () => {
  let monotonic = 0;
  const { next, trouble, take } = feed({ fate: 'die', after: 2, monotonic: () => monotonic });
  const { pid } = await next();
  expect(await trouble()).toBe('probe gpu ended with SIGSEGV in nvmlDeviceGetTemperature; started again in 15 s');
  expect(take().readings).toEqual([]);
  monotonic += 15_000;
  expect((await next()).pid).not.toBe(pid);
  expect(await trouble()).toContain('started again in 30 s');
});

test('a child that hangs for long is asked to end, then killed, and another takes its place', async () => {
  let monotonic = 0;
  const opened = feed({ fate: 'hang', monotonic: () => monotonic, hardMs: 6000, pauseMaxMs: 1 });
  const { pid } = await opened.next();
  // A held-up agent is no silent child: one step counts for two periods at most.
  monotonic += 100_000;
  expect(opened.take().trouble).toBeUndefined();
  const trouble = await until(() => {
    monotonic += 200;
    const said = opened.take().trouble;
    return said?.includes('killed') === true ? said : undefined;
  });
  expect(trouble).toMatch(/silent for 16 s in nvmlDeviceGetTemperature and was killed/);
  await expect.poll(opened.hung, { timeout: 10_000 }).toBe(false);
  monotonic += 1000;
  expect((await opened.next()).pid).not.toBe(pid);
});

test('a program that is not there is trouble, not a crash', async () => {
  expect(await feed({ command: ['/no/such/program'] }).trouble()).toContain('ENOENT');
});

test('with the agent everything ends: a child that reads, in good order', async () => {
  const opened = feed();
  const { pid } = await opened.next();
  const began = performance.now();
  await opened.close();
  expect(performance.now() - began).toBeLessThan(1100);
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  await opened.close();
});

test('with the agent everything ends: a child that hangs, by force', async () => {
  const opened = feed({ fate: 'hang', softMs: 300 });
  const { pid } = await opened.next();
  await opened.trouble();
  await opened.close();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

// What a process in an uninterruptible system call looks like from outside: no signal ends it and nobody hears its end.
function undying() {
  const started: { signals: string[]; abandoned: boolean; die(): void }[] = [];
  const start = (): FeedProcess => {
    let die: ((how: string) => void) | undefined;
    const ended = new Promise<string>((resolve) => (die = resolve));
    const one = { signals: [] as string[], abandoned: false, die: () => die?.('ended with SIGKILL') };
    started.push(one);
    return {
      signal: (signal) => void one.signals.push(signal),
      end: () => undefined,
      call: () => 'nvmlInit_v2',
      ended,
      abandon: () => void (one.abandoned = true),
    };
  };
  return { started, start };
}

describe('children that cannot be killed', () => {
  test('are left alone, with one signal of each kind; one is replaced, a second is not', async () => {
    let monotonic = 0;
    const { started, start } = undying();
    const opened = openFeed({ name: 'gpu', command: [], config: {}, period: 1000, start, monotonic: () => monotonic, firstMs: 3000 });
    const pass = (seconds: number): string | undefined => {
      let trouble: string | undefined;
      for (let at = 0; at < seconds; at++) {
        monotonic += 1000;
        ({ trouble } = opened.take());
      }
      return trouble;
    };
    opened.take();
    expect([pass(2), opened.hung()]).toEqual([undefined, false]);
    expect(pass(1)).toBe('probe gpu has been silent for 3 s in nvmlInit_v2');
    expect(opened.hung()).toBe(true);
    pass(38);
    expect(started.map(({ signals }) => signals)).toEqual([['SIGTERM', 'SIGKILL']]);
    expect(started).toHaveLength(1);
    pass(16);
    expect(started).toHaveLength(2);
    expect(opened.hung()).toBe(true);
    const trouble = pass(3600);
    expect(started.map(({ signals }) => signals)).toEqual([
      ['SIGTERM', 'SIGKILL'],
      ['SIGTERM', 'SIGKILL'],
    ]);
    expect(trouble).toBe('probe gpu: 2 children hang and cannot be killed');
    started[0]?.die();
    await Promise.resolve();
    await Promise.resolve();
    pass(1);
    expect(started).toHaveLength(3);
    await opened.close();
    expect(started[1]?.abandoned).toBe(true);
  });
});
