import { expect, test } from 'vitest';
import { openIntegral } from './integral.ts';

test('energy is the area under the watts, over the times at which they were read', () => {
  const integral = openIntegral(15_000);
  integral.add(0, 100);
  expect(integral.joules).toBe(0);
  integral.add(5000, 200);
  expect(integral.joules).toBe(750);
  integral.add(12_000, 200);
  expect(integral.joules).toBe(2150);
});

test('a reading that is not known is passed over, a gap that is too long and a clock set back are not bridged', () => {
  const integral = openIntegral(15_000);
  integral.add(0, 100);
  integral.add(5000, Number.NaN);
  integral.add(10_000, 100);
  expect(integral.joules).toBe(1000);
  integral.add(30_000, 100);
  expect(integral.joules).toBe(1000);
  integral.add(20_000, 100);
  expect(integral.joules).toBe(1000);
  integral.add(21_000, 100);
  expect(integral.joules).toBe(1100);
});
