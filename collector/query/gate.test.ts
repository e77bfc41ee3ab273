import { expect, it } from 'vitest';
import { gateOf } from './gate.ts';

const { signal } = new AbortController();

it('lets as many through as it has places, and the others as they leave, in their order', async () => {
  const gate = gateOf(2, 10);
  const first = await gate.enter(signal);
  await gate.enter(signal);
  const entered: string[] = [];
  const third = gate.enter(signal).then((leave) => (entered.push('third'), leave));
  const fourth = gate.enter(signal).then((leave) => (entered.push('fourth'), leave));
  expect([gate.inside, gate.waiting]).toEqual([2, 2]);
  first();
  first();
  (await third)();
  await fourth;
  expect(entered).toEqual(['third', 'fourth']);
  expect([gate.inside, gate.waiting]).toEqual([2, 0]);
});

it('refuses who comes where too many wait', async () => {
  const gate = gateOf(1, 1);
  await gate.enter(signal);
  void gate.enter(signal);
  await expect(gate.enter(signal)).rejects.toMatchObject({
    type: 'unavailable',
    message: '1 questions are being answered and 1 wait already; ask again later',
  });
});

it('forgets who does not want to wait any more', async () => {
  const gate = gateOf(1, 1);
  const leave = await gate.enter(signal);
  const impatient = new AbortController();
  const waiting = gate.enter(impatient.signal);
  impatient.abort(new Error('no more'));
  await expect(waiting).rejects.toThrow('no more');
  await expect(gate.enter(impatient.signal)).rejects.toThrow('no more');
  leave();
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});
