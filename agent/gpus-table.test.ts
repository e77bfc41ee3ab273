import { expect, test } from 'vitest';
import { madeMachine } from '../test/machines/made-machine.ts';
import { systemClock } from './clock.ts';
import { readAgentConfig } from './config.ts';
import { readGpusTable } from './gpus-table.ts';
import { openHost } from './host.ts';
import { openLog } from './log.ts';
import { defineSampler } from './sampler.ts';
import type { DeviceReading } from './samplers/gpu/reading.ts';
import { metrics } from './samplers/gpu/metrics.ts';
import { openSheets } from './samplers/gpu/sheets.ts';

const v100: DeviceReading = {
  gpu: '0',
  uuid: 'GPU-0',
  vendor: 'nvidia',
  info: { name: 'Tesla V100-SXM2-32GB', driver: '470.57.02', pci_bus_id: '00000000:1A:00.0', serial: '' },
  values: {
    gpu_temperature_celsius: 38,
    gpu_performance_state: 0,
    gpu_power_watts: 57.4,
    gpu_power_limit_watts: 300,
    gpu_memory_used_bytes: 0,
    gpu_memory_total_bytes: 34_058_272_768,
    gpu_utilization_ratio: 0,
  },
};

// The sampler without its child: what is read is given.
function table(devices: readonly DeviceReading[], files: Readonly<Record<string, string>> = {}): Promise<string> {
  const kind = defineSampler({
    name: 'gpu',
    summary: 'Given.',
    metrics,
    options: {},
    open: (context) => ({ sample: () => openSheets(context).show({ source: 'nvml', at: context.host.now(), devices }) }),
  });
  const config = readAgentConfig([kind], { instance: 'n1' }, 'test', {});
  const host = openHost(madeMachine(files).root);
  return readGpusTable({ config, host, clock: systemClock, log: openLog(() => undefined) });
}

test('four idle V100: 57 W of 300 W, 38 °C, 0 MiB of 32480 MiB, and 0 % is 0', async () => {
  const cards = [3, 2, 1, 0].map((at) => ({ ...v100, gpu: String(at), uuid: `GPU-${at}` }));
  expect(await table(cards)).toBe(
    [
      'driver 470.57.02',
      'GPU  NAME                  FAN  TEMP  PERF       POWER           MEMORY  UTIL',
      '  0  Tesla V100-SXM2-32GB    -   38C    P0  57W / 300W  0MiB / 32480MiB    0%',
      '  1  Tesla V100-SXM2-32GB    -   38C    P0  57W / 300W  0MiB / 32480MiB    0%',
      '  2  Tesla V100-SXM2-32GB    -   38C    P0  57W / 300W  0MiB / 32480MiB    0%',
      '  3  Tesla V100-SXM2-32GB    -   38C    P0  57W / 300W  0MiB / 32480MiB    0%',
      '',
    ].join('\n'),
  );
});

test('what was not read is a dash', async () => {
  const text = await table([{ ...v100, values: { gpu_memory_total_bytes: 2 ** 30 } }]);
  expect(text.split('\n')[2]).toMatch(/^ {2}0 {2}Tesla V100-SXM2-32GB +- +- +- +- \/ - +- \/ 1024MiB +-$/);
});

test('long names and large cards fit into 80 columns; the tenth GPU stands after the ninth; a lost one is said to be', async () => {
  const big = {
    gpu_temperature_celsius: 88,
    gpu_fan_ratio: 1,
    gpu_power_watts: 1000,
    gpu_power_limit_watts: 1200,
    gpu_memory_used_bytes: 183_359 * 2 ** 20,
    gpu_memory_total_bytes: 183_359 * 2 ** 20,
    gpu_utilization_ratio: 1,
  };
  const info = { ...v100.info, name: 'NVIDIA GB200 NVL72 with a name that never ends' };
  const text = await table(
    ['10', '9', '0:1'].map((gpu) => ({ ...v100, gpu, uuid: gpu, info, values: gpu === '10' ? { gpu_lost: 1 } : big })),
  );
  const lines = text.split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines.slice(2, 5).map((line) => line.trim().split(/\s+/)[0])).toEqual(['0:1', '9', '10']);
  expect(lines[4]).toMatch(/lost$/);
});

test('processes stand below, by the name that the machine has for them', async () => {
  const processes = [{ pid: 4711, memory: 305 * 2 ** 20, sm: 0.5 }, { pid: 12 }];
  const text = await table([{ ...v100, processes }], { '/proc/4711/comm': 'python3\n' });
  expect(text.split('\n').slice(3)).toEqual(['', 'GPU  PROCESS        PID  MEMORY   SM', '  0  python3       4711  305MiB  50%', '']);
});

test('a node without GPUs says so', async () => {
  expect(await table([])).toBe('n1: no GPU that can be read; vigie-agent doctor says why\n');
});
