import { expect, test } from 'vitest';
import type { Probe } from '../../probe/probe.ts';
import { lastingProbe } from './lasting-probe.ts';

test('a child that hangs is not replaced by each new try; one that is well is ended while it rests', async () => {
  let hung = false;
  let opened = 0;
  let closed = 0;
  const open = (): Probe => {
    opened++;
    return { ask: async () => ({ id: 1, values: { value: 1 } }), hung: () => hung, close: () => void closed++ };
  };
  const probe = lastingProbe(open);
  expect(probe.hung()).toBeUndefined();
  await probe.ask('/a');
  hung = true;
  probe.rest();
  await probe.ask('/a');
  expect([opened, closed, probe.hung()]).toEqual([1, 0, true]);
  hung = false;
  probe.rest();
  await probe.ask('/a');
  expect([opened, closed]).toEqual([2, 1]);
  probe.close();
  expect(closed).toBe(2);
});
