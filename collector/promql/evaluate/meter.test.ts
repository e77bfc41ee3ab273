import { expect, it } from 'vitest';
import { createMeter } from './meter.ts';

const tooMany = 'query processing would load too many samples into memory in query execution';

it('allows so many samples to be read', () => {
  const meter = createMeter(10);
  meter.read(6);
  meter.read(4);
  expect(() => meter.read(1)).toThrow(tooMany);
  expect(meter.samples()).toBe(11);
});

it('allows so many cells to be held at once, and knows the most that were', () => {
  const meter = createMeter(10);
  meter.hold(8);
  meter.release(6);
  meter.hold(5);
  expect(meter.peak()).toBe(8);
  expect(() => meter.hold(4)).toThrow(expect.objectContaining({ type: 'execution', message: tooMany }));
});
