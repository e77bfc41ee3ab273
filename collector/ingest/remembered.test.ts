import { expect, it } from 'vitest';
import { remembered } from './remembered.ts';

it('remembers the last keys, and no more than twice as many', () => {
  const memory = remembered<number>(10);
  for (let key = 0; key < 100; key++) {
    memory.set(String(key), key);
    for (let back = 0; back < Math.min(10, key + 1); back++) expect(memory.get(String(key - back))).toBe(key - back);
  }
  expect(
    Array.from({ length: 100 }, (_, key) => memory.get(String(key))).filter((value) => value !== undefined).length,
  ).toBeLessThanOrEqual(20);
});

it('forgets what it is told to, whenever that came', () => {
  const memory = remembered<number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    memory.set(key, value);
  memory.delete('a');
  memory.delete('c');
  expect(['a', 'b', 'c'].map((key) => memory.get(key))).toEqual([undefined, 2, undefined]);
});
