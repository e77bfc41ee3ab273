import { expect, test } from 'vitest';
import { Transient, Unavailable } from './contract/errors.ts';
import { openLog } from './log.ts';
import { manualClock } from './manual-clock.ts';
import type { Sampler } from './sampler.ts';
import { LOOK_AGAIN_MS, supervise } from './supervised.ts';

function supervised(open: () => Sampler | Promise<Sampler>) {
  const clock = manualClock();
  const lines: string[] = [];
  const it = supervise({ name: 'probe', open, clock, log: openLog((line) => lines.push(line)) });
  return { it, clock, lines };
}

test('a source that is not here is parked with one line, and looked for again every five minutes', async () => {
  let opens = 0;
  const { it, clock, lines } = supervised(() => {
    opens++;
    if (opens < 3) throw new Unavailable('no such device');
    return { sample: () => undefined };
  });
  for (let second = 0; second < 60; second++) it.take();
  expect([opens, it.up, it.errors]).toEqual([1, undefined, 0]);
  await clock.pass(LOOK_AGAIN_MS);
  it.take();
  expect(opens).toBe(2);
  await clock.pass(LOOK_AGAIN_MS);
  it.take();
  expect(it.up).toBe(true);
  expect(lines).toEqual([
    'vigie-agent: sampler probe is parked: no such device; looked for again every 5 minutes\n',
    'vigie-agent: sampler probe works\n',
  ]);
});

test('failures are counted each time and said once, recovery is said once', () => {
  let failing = true;
  const { it, lines } = supervised(() => ({
    sample: () => {
      if (failing) throw new Transient('busy');
    },
  }));
  it.take();
  it.take();
  expect([it.errors, it.up]).toEqual([2, undefined]);
  failing = false;
  it.take();
  it.take();
  expect(it.up).toBe(true);
  expect(lines).toEqual(['vigie-agent: warning: sampler probe fails: busy\n', 'vigie-agent: sampler probe works\n']);
});

test('a source that mends itself is never closed for its failures', async () => {
  let opens = 0;
  let closes = 0;
  const { it, clock } = supervised(() => {
    opens++;
    return {
      mends: true,
      sample: () => {
        throw new Transient('hangs');
      },
      close: () => void closes++,
    };
  });
  for (let round = 0; round < 9; round++) {
    it.take();
    await clock.pass(LOOK_AGAIN_MS);
  }
  expect([opens, closes, it.errors]).toEqual([1, 0, 9]);
});

test('after three failures in a row the source is closed and opened anew', async () => {
  let opens = 0;
  let closes = 0;
  const { it, clock } = supervised(() => {
    const own = ++opens;
    return {
      sample: () => {
        if (own === 1) throw new Error('stuck');
      },
      close: () => void closes++,
    };
  });
  for (let round = 0; round < 5; round++) it.take();
  expect([opens, closes, it.errors]).toEqual([1, 1, 3]);
  await clock.pass(10_000);
  it.take();
  expect([opens, it.up]).toEqual([2, true]);
});

test('an asynchronous sampler does not hold the round, and is skipped and counted while it runs', async () => {
  const { promise, resolve } = deferred();
  const { it } = supervised(() => ({ sample: () => promise }));
  it.take();
  expect(it.up).toBeUndefined();
  it.take();
  it.take();
  expect(it.skips).toBe(2);
  resolve();
  await it.settled();
  expect(it.up).toBe(true);
  it.take();
  expect(it.skips).toBe(2);
});

test('a source that opens asynchronously is read as soon as it is open', async () => {
  let samples = 0;
  const { it } = supervised(async () => ({ sample: () => void samples++ }));
  it.take();
  await it.settled();
  expect(samples).toBe(1);
});

test('a source that opens after the end is closed', async () => {
  const opening = deferred<Sampler>();
  let closed = false;
  const { it } = supervised(() => opening.promise);
  it.take();
  await it.close();
  opening.resolve({ sample: () => undefined, close: () => void (closed = true) });
  await it.settled();
  expect(closed).toBe(true);
});

function deferred<Value = void>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  const made: { resolve?: (value: Value) => void } = {};
  const promise = new Promise<Value>((resolve) => void (made.resolve = resolve));
  return { promise, resolve: (value) => made.resolve?.(value) };
}
