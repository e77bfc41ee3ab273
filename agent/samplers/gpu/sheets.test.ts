import { expect, test } from 'vitest';
import { openGpuBoard } from '../../gpu-board.ts';
import { openLog } from '../../log.ts';
import { openReadings } from '../../readings.ts';
import { PROCESSES_MAX } from './processes.ts';
import type { DeviceReading, GpuReading, ProcessReading } from './reading.ts';
import { openSheets } from './sheets.ts';

const PERIOD = 1000;

function device(at: number, more: Partial<DeviceReading> = {}): DeviceReading {
  const info = { name: 'Tesla V100', driver: '470.57.02', pci_bus_id: `00000000:${at}A:00.0`, serial: '' };
  return { gpu: String(at), uuid: `GPU-${at}`, vendor: 'nvidia', info, values: { gpu_power_watts: 57, gpu_utilization_ratio: 0 }, ...more };
}

function sheets() {
  const readings = openReadings({});
  const gpus = openGpuBoard();
  const lines: string[] = [];
  const it = openSheets({
    series: (metric, labels?: Readonly<Record<string, string>>) => readings.series(metric, labels ?? {}),
    gpus,
    period: PERIOD,
    log: openLog((line) => lines.push(line)),
  });
  const values = (): Record<string, number> => {
    const found: Record<string, number> = {};
    readings.visit(({ name }, { uuid, ...labels }, value) => {
      const rest = Object.entries(labels)
        .filter(([key]) => !['vendor', 'name', 'driver', 'pci_bus_id', 'serial'].includes(key))
        .map(([key, text]) => `${key}=${text}`);
      found[[name, ...(uuid === undefined ? [] : [uuid]), ...rest].join(' ')] = value;
    });
    readings.discard();
    return found;
  };
  const show = (at: number, devices: readonly DeviceReading[], more: Partial<GpuReading> = {}): Record<string, number> => {
    it.show({ source: 'nvml', at, devices, ...more });
    return values();
  };
  return { it, gpus, lines, show, values };
}

test('a value that was read is shown, 0 too, and what was not read this time is absent', () => {
  const { show } = sheets();
  const labelled = [{ metric: 'gpu_clock_event_active', labels: { reason: 'sw_power_cap' }, value: 1 }];
  expect(show(0, [device(0, { labelled })])).toEqual({
    'gpu_source_info source=nvml': 1,
    'gpu_info GPU-0 gpu=0': 1,
    'gpu_power_watts GPU-0 gpu=0': 57,
    'gpu_utilization_ratio GPU-0 gpu=0': 0,
    'gpu_clock_event_active GPU-0 gpu=0 reason=sw_power_cap': 1,
  });
  expect(show(1000, [device(0, { values: { gpu_power_watts: 58 } })])).toEqual({
    'gpu_source_info source=nvml': 1,
    'gpu_info GPU-0 gpu=0': 1,
    'gpu_power_watts GPU-0 gpu=0': 58,
  });
});

test('a GPU that has gone takes its series along, and one that came back has them anew', () => {
  const { show } = sheets();
  show(0, [device(0), device(1)]);
  expect(Object.keys(show(1000, [device(0)])).filter((key) => key.includes('GPU-1'))).toEqual([]);
  expect(show(2000, [device(0), device(1)])['gpu_power_watts GPU-1 gpu=1']).toBe(57);
});

test('a GPU that got another index goes on under the new one alone', () => {
  const { show } = sheets();
  show(0, [device(0)]);
  const values = show(1000, [device(0, { gpu: '3' })]);
  expect(values['gpu_power_watts GPU-0 gpu=3']).toBe(57);
  expect(values).not.toHaveProperty('gpu_power_watts GPU-0 gpu=0');
});

test('another source of the same GPU takes its series over, and the first one may end without harm', () => {
  const { it, show, lines } = sheets();
  show(0, [device(0)]);
  show(1000, [device(0)], { source: 'nvidia-smi', note: 'nvml: Driver/library version mismatch' });
  it.sweep(3001);
  expect(show(3500, [device(0)], { source: 'nvidia-smi', note: 'nvml: Driver/library version mismatch' })).toMatchObject({
    'gpu_source_info source=nvidia-smi': 1,
    'gpu_power_watts GPU-0 gpu=0': 57,
  });
  expect(lines).toEqual([
    'vigie-agent: GPUs are read with nvml\n',
    'vigie-agent: GPUs are read with nvidia-smi; nvml: Driver/library version mismatch\n',
  ]);
});

function shown(values: Record<string, number>): string[] {
  return Object.keys(values).filter((key) => key.startsWith('gpu_process_memory_bytes'));
}

test('processes have series of their own while they are there; those beyond the bound are only counted', () => {
  const { show } = sheets();
  const many = Array.from({ length: PROCESSES_MAX + 10 }, (_, at): ProcessReading => ({ pid: 1000 - at, memory: at, sm: 0 }));
  const first = show(0, [device(0, { processes: many })]);
  expect(first['gpu_processes GPU-0 gpu=0']).toBe(PROCESSES_MAX + 10);
  expect(shown(first)).toHaveLength(PROCESSES_MAX);
  expect(first['gpu_process_sm_utilization_ratio GPU-0 gpu=0 pid=1000']).toBe(0);
  expect(first).not.toHaveProperty('gpu_process_encoder_utilization_ratio GPU-0 gpu=0 pid=1000');
  // In another order the same ones are shown.
  expect(shown(show(5000, [device(0, { processes: [...many].reverse() })])).sort()).toEqual(shown(first).sort());
  const left = show(10_000, [device(0, { processes: [{ pid: 1000, memory: 1 }] })]);
  expect(shown(left)).toEqual(['gpu_process_memory_bytes GPU-0 gpu=0 pid=1000']);
  expect(show(15_000, [device(0, { processes: [] })])['gpu_processes GPU-0 gpu=0']).toBe(0);
});

test('the board has what was read for three periods, processes for as long as they are read seldom', () => {
  const { show, gpus } = sheets();
  const processes = [{ pid: 7, memory: 5 }];
  show(0, [device(0, { minor: 2, processes }), device(1, { gpu: '0:1', parent: 'GPU-0', values: { gpu_power_watts: 57 } })]);
  expect(gpus.gpus(0)).toEqual([
    { gpu: '0', uuid: 'GPU-0', parent: undefined, minor: 2, watts: 57, joules: Number.NaN },
    { gpu: '0:1', uuid: 'GPU-1', parent: 'GPU-0', minor: undefined, watts: Number.NaN, joules: Number.NaN },
  ]);
  show(4000, [device(0)]);
  expect(gpus.processes(4000)).toEqual([{ uuid: 'GPU-0', pid: 7, memoryBytes: 5 }]);
  for (let at = 5000; at <= 20_000; at += PERIOD) show(at, [device(0)]);
  expect(gpus.processes(20_000)).toEqual([]);
  expect(gpus.gpus(20_000 + 3 * PERIOD)).toHaveLength(1);
  expect(gpus.gpus(20_000 + 3 * PERIOD + 1)).toEqual([]);
});

test('what is read of no metric, or without its label, is left out and said once', () => {
  const { show, lines } = sheets();
  const odd = device(0, {
    values: { gpu_magic: 1 },
    labelled: [{ metric: 'gpu_ecc_errors_total', labels: { type: 'corrected' }, value: 1 }],
  });
  const values = show(0, [odd]);
  show(1000, [odd]);
  expect(values).toEqual({ 'gpu_source_info source=nvml': 1, 'gpu_info GPU-0 gpu=0': 1 });
  expect(lines.slice(1)).toEqual([
    'vigie-agent: warning: nvml reads gpu_magic, which is no metric of a GPU: left out\n',
    'vigie-agent: warning: nvml reads gpu_ecc_errors_total, which is no metric of a GPU: left out\n',
  ]);
});

test('GPUs that no one knows the UUID of have rows of their own, and are nothing to other samplers', () => {
  const { show, gpus } = sheets();
  const lost = (at: number): DeviceReading => device(at, { uuid: '', values: { gpu_lost: 1 } });
  expect(show(0, [device(1), lost(0), lost(2)])).toMatchObject({ 'gpu_lost  gpu=0': 1, 'gpu_lost  gpu=2': 1 });
  expect(gpus.gpus(0).map(({ uuid }) => uuid)).toEqual(['GPU-1']);
});
