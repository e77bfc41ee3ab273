import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import pressure from './index.ts';

const line = (kind: string, total: number) => `${kind} avg10=0.05 avg60=0.03 avg300=0.09 total=${total}\n`;

test('microseconds become seconds, and irq is read where the kernel has it', async () => {
  const { root } = madeMachine({
    '/proc/pressure/cpu': line('some', 1_500_000) + line('full', 9),
    '/proc/pressure/io': line('some', 2_000_000) + line('full', 1),
    '/proc/pressure/irq': line('full', 3),
  });
  expect(await (await watch(pressure, root)).round()).toEqual({
    node_pressure_cpu_waiting_seconds_total: 1.5,
    node_pressure_io_waiting_seconds_total: 2,
    node_pressure_io_stalled_seconds_total: 0.000001,
    node_pressure_irq_stalled_seconds_total: 0.000003,
  });
});

test('a kernel without pressure information is no fault', async () => {
  const { root } = madeMachine({});
  await expect(watch(pressure, root)).rejects.toThrow(Unavailable);
});
