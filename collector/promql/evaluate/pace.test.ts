import { expect, it } from 'vitest';
import { createPace, inTurns } from './pace.ts';

it('lets the event loop turn during long work, which then sees that it has been aborted', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  setImmediate(() => stop.abort(reason));
  let steps = 0;
  const work = inTurns(createPace(stop.signal), 1e12, 1000, (from, to) => {
    steps += to - from;
  });
  await expect(work).rejects.toBe(reason);
  expect(steps).toBeGreaterThan(0);
});

it('does all steps once', async () => {
  const seen: number[] = [];
  await inTurns(createPace(new AbortController().signal), 10, 4, (from, to) => void seen.push(from, to));
  expect(seen).toEqual([0, 4, 4, 8, 8, 10]);
});
