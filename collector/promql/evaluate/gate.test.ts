import { expect, it } from 'vitest';
import { createGate } from './gate.ts';

it('lets few through at once, in the order they came, also after one has failed', async () => {
  const gate = createGate(2);
  const begun: number[] = [];
  const ends = new Map<number, (how: 'well' | 'badly') => void>();
  const works = [0, 1, 2, 3].map((each) =>
    gate(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(each);
          ends.set(each, (how) => (how === 'well' ? resolve(each) : reject(new Error(`${each}`))));
        }),
    ),
  );
  await expect.poll(() => begun).toEqual([0, 1]);
  ends.get(1)?.('badly');
  await expect(works[1]).rejects.toThrow('1');
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends.get(0)?.('well');
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends.get(2)?.('well');
  ends.get(3)?.('well');
  expect(await Promise.all([works[0], works[2], works[3]])).toEqual([0, 2, 3]);
});
