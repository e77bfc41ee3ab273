import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { hasCode, Transient, Unavailable } from '../../../contract/errors.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import { machineWithSmi } from '../../../../test/machines/fake-nvidia-smi.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import type { GpuSource } from '../source.ts';
import { fieldUses, offeredFields } from './fields.ts';
import { openNvidiaSmi } from './index.ts';
import { cellValue, smiQuery, smiTime } from './rows.ts';

// The four-V100 node of the seed case, as its nvidia-smi answers.
const V100 = {
  driver_version: '535.183.01',
  name: 'Tesla V100-SXM2-32GB',
  serial: '0323718057412',
  pstate: 'P0',
  'utilization.gpu': '0',
  'utilization.memory': '0',
  'memory.total': '32480',
  'memory.used': '0',
  'temperature.gpu': '38',
  'temperature.memory': '36',
  'power.draw': '57.21',
  'enforced.power.limit': '300.00',
  'clocks.current.sm': '135',
  'fan.speed': '[N/A]',
  'ecc.mode.current': 'Enabled',
  'ecc.errors.uncorrected.volatile.total': '0',
  'clocks_throttle_reasons.gpu_idle': 'Active',
  'clocks_throttle_reasons.sw_power_cap': 'Not Active',
};
const gpu = (index: number, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  ...V100,
  index: String(index),
  uuid: `GPU-0000000${index}-aaaa-bbbb-cccc-dddddddddddd`,
  'pci.bus_id': `00000000:1${index}:00.0`,
  ...more,
});
const FOUR = [gpu(0), gpu(1), gpu(2), gpu(3)];
const FIELDS = ['timestamp', ...Object.keys(gpu(0))];
const PERIOD = 300;

async function open(root: string, options = {}): Promise<GpuSource> {
  const source = await openNvidiaSmi(gpuContext(root, { period: PERIOD }), options);
  onTestFinished(() => source.close());
  return source;
}

test('the table of a four-V100 node is read, and 0 % is 0', async () => {
  const { root } = machineWithSmi({ gpus: FOUR, fields: FIELDS });
  const { source, devices } = await (await open(root)).read(Date.now());
  expect(source).toBe('nvidia-smi');
  expect(devices.map(({ gpu }) => gpu)).toEqual(['0', '1', '2', '3']);
  expect(devices[3]).toMatchObject({
    uuid: 'GPU-00000003-aaaa-bbbb-cccc-dddddddddddd',
    vendor: 'nvidia',
    info: { name: 'Tesla V100-SXM2-32GB', driver: '535.183.01', pci_bus_id: '00000000:13:00.0', serial: '0323718057412' },
    values: {
      gpu_utilization_ratio: 0,
      gpu_memory_used_bytes: 0,
      gpu_memory_total_bytes: 32480 * 2 ** 20,
      gpu_temperature_celsius: 38,
      gpu_power_watts: 57.21,
      gpu_power_limit_watts: 300,
      gpu_sm_clock_hertz: 135e6,
      gpu_performance_state: 0,
      gpu_ecc_enabled: 1,
      gpu_lost: 0,
    },
  });
  expect(devices[0]?.values).not.toHaveProperty('gpu_fan_ratio');
  expect(devices[0]?.labelled).toContainEqual({ metric: 'gpu_clock_event_active', labels: { reason: 'gpu_idle' }, value: 1 });
  expect(devices[0]?.labelled).toContainEqual({ metric: 'gpu_clock_event_active', labels: { reason: 'sw_power_cap' }, value: 0 });
});

test.each([
  '[N/A]',
  'N/A',
  '[Not Supported]',
  '[Insufficient Permissions]',
  '[Requested functionality has been deprecated]',
  '[Unknown Error]',
  '[GPU requires reset]',
  'ERR!',
  '',
])('%j is no value, in a column of any kind', async (token) => {
  for (const per of [1, 'yes or no', ['P0']] as const) expect(cellValue(token, per)).toBeUndefined();
  const query = smiQuery(new Set(FIELDS));
  const cells = query.fields.map((field) =>
    ['timestamp', 'index', 'uuid'].includes(field) ? (gpu(0)[field] ?? '2026/11/20 12:00:00.000') : token,
  );
  const row = query.parse(cells.join(', '));
  expect(Object.keys(row?.device.values ?? {})).toEqual(['gpu_lost']);
  expect(row?.device.labelled).toEqual([]);
});

test('a GPU that wants a reset says so, and the others stay', async () => {
  const sick = gpu(1, { 'utilization.gpu': '[GPU requires reset]', 'power.draw': '[GPU requires reset]' });
  const { root } = machineWithSmi({ gpus: [gpu(0), sick], fields: FIELDS });
  const { devices } = await (await open(root)).read(Date.now());
  expect(devices[0]?.values).toMatchObject({ gpu_lost: 0, gpu_power_watts: 57.21 });
  expect(devices[1]?.values['gpu_lost']).toBe(1);
  expect(devices[1]?.values).not.toHaveProperty('gpu_power_watts');
});

test('a row is handed out once, and rows that are older than three periods never', async () => {
  const machine = machineWithSmi({ gpus: FOUR, fields: FIELDS });
  const source = await open(machine.root);
  const before = await source.read(Date.now());
  machine.now({ gpus: FOUR, fields: FIELDS, mode: 'hang' });
  await expect.poll(() => complaint(source)).toMatch(/no new row/);
  machine.now({ gpus: [gpu(0, { 'power.draw': '99' })], fields: FIELDS, late: 4 * PERIOD });
  await expect(source.read(Date.now())).rejects.toThrow(/no new row/);
  expect(before.devices).toHaveLength(4);
});

test('a child that dies is replaced at once, and after a pause when the next one dies too', async () => {
  const machine = machineWithSmi({ gpus: FOUR, fields: FIELDS });
  const source = await open(machine.root);
  machine.now({
    gpus: FOUR,
    fields: FIELDS,
    mode: 'die',
    complaint: 'Unable to determine the device handle for GPU 0000:10:00.0: GPU is lost.',
  });
  await expect.poll(() => complaint(source), { timeout: 5000 }).toMatch(/GPU is lost/);
  await expect(source.read(Date.now())).rejects.toThrow(/tried again in 15 s/);
  expect(starts(machine.root).match(/--query-gpu=/g)).toHaveLength(2);
});

test.each(['hang', 'columns'] as const)('a child that prints no row of ours any more (%s) is replaced', async (mode) => {
  const machine = machineWithSmi({ gpus: FOUR, fields: FIELDS });
  const source = await open(machine.root);
  machine.now({ gpus: FOUR, fields: [...FIELDS, 'pcie.link.gen.max'], mode, upTo: 1 });
  await expect.poll(() => replacedAfterSilence(source, machine.root), { timeout: 10_000 }).toBe(2);
});

test('a child that is stopped is killed and replaced', async () => {
  const machine = machineWithSmi({ gpus: FOUR, fields: FIELDS });
  const source = await open(machine.root);
  const pid = Number(/^(\d+) --query-gpu=/m.exec(starts(machine.root))?.[1]);
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => replacedAfterSilence(source, machine.root), { timeout: 10_000 }).toBe(2);
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});

// Why a reading has no rows; empty where it has.
async function complaint(source: GpuSource): Promise<string> {
  try {
    await source.read(Date.now());
    return '';
  } catch (error) {
    return String(error);
  }
}

// The number of children that were started, once a reading has rows again after one had none.
async function replacedAfterSilence(source: GpuSource, root: string): Promise<number> {
  return (await complaint(source)) === '' ? (starts(root).match(/--query-gpu=/g)?.length ?? 0) : 0;
}

function starts(root: string): string {
  return readFileSync(`${root}/starts`, 'utf8');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

test('a field that is listed and refused is asked for no more', async () => {
  const { root } = machineWithSmi({
    gpus: FOUR,
    fields: [...FIELDS, 'fan.speed', 'mig.mode.current'],
    refused: ['fan.speed', 'mig.mode.current'],
  });
  const { devices } = await (await open(root)).read(Date.now());
  expect(devices).toHaveLength(4);
});

test('where the tool does not list its fields, those that every one has are asked for', async () => {
  const machine = machineWithSmi({ gpus: FOUR, fields: [] });
  await (await open(machine.root)).read(Date.now());
  expect(starts(machine.root)).toContain('pstate');
});

test('processes come with a reading when they were asked for, with the memory that is told', async () => {
  const apps = [`${gpu(1)['uuid']}, 4711, 1024`, `${gpu(1)['uuid']}, 4712, [N/A]`, 'No running processes found'];
  const { root } = machineWithSmi({ gpus: FOUR, fields: FIELDS, apps });
  const source = await open(root);
  const withProcesses = async () => (await source.read(Date.now())).devices.map(({ processes }) => processes);
  await expect.poll(withProcesses, { timeout: 5000 }).toEqual([[], [{ pid: 4711, memory: 2 ** 30 }, { pid: 4712 }], [], []]);
  expect(await withProcesses()).toEqual([undefined, undefined, undefined, undefined]);
});

test("the driver's file tells the number of the device file", async () => {
  const about = { '/proc/driver/nvidia/gpus/0000:10:00.0/information': 'Model: \t Tesla V100\nDevice Minor: \t 5\n' };
  const { root } = machineWithSmi({ gpus: [gpu(0)], fields: FIELDS }, about);
  expect((await (await open(root)).read(Date.now())).devices[0]?.minor).toBe(5);
});

test('a node without nvidia-smi, without a driver or without a GPU has nothing to read', async () => {
  await expect(open(madeMachine({}).root)).rejects.toThrow(Unavailable);
  const complaints = ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 'No devices were found'];
  for (const complaint of complaints) {
    const { root } = machineWithSmi({ gpus: [], fields: FIELDS, mode: 'die', complaint });
    await expect(open(root)).rejects.toThrow(Unavailable);
  }
});

test('a tool that prints nothing at its start is later again', async () => {
  const { root } = machineWithSmi({ gpus: [], fields: FIELDS, mode: 'hang' });
  await expect(open(root, { firstMs: 500 })).rejects.toThrow(Transient);
});

test('names are taken from the help as drivers write it, old names where new ones are not known', () => {
  const help =
    '\t"clocks.current.sm" or "clocks.sm"\n\tCurrent frequency, see "clocks".\n\n"uuid" or "gpu_uuid"\n"clocks_throttle_reasons.gpu_idle"\n';
  expect([...offeredFields(help)]).toEqual(['clocks.current.sm', 'clocks.sm', 'uuid', 'gpu_uuid', 'clocks_throttle_reasons.gpu_idle']);
  expect(smiQuery(offeredFields(help)).fields).toEqual(['uuid', 'clocks.current.sm', 'clocks_throttle_reasons.gpu_idle']);
  const both = smiQuery(new Set(['clocks_event_reasons.gpu_idle', 'clocks_throttle_reasons.gpu_idle'])).fields;
  expect(both).toEqual(['clocks_event_reasons.gpu_idle']);
});

test('an average that is told stands before the last measured power', () => {
  const query = smiQuery(new Set(['index', 'uuid', 'power.draw', 'power.draw.average', 'name']));
  expect(query.parse('0, GPU-1, 70.00, 68.50, NVIDIA A, B')?.device).toMatchObject({
    values: { gpu_power_watts: 68.5 },
    info: { name: 'NVIDIA A, B' },
  });
  expect(query.parse('0, GPU-1, 70.00, [N/A], NVIDIA A')?.device.values).toMatchObject({ gpu_power_watts: 70 });
  expect(query.parse('0, GPU-1, 70.00')).toBeUndefined();
});

test('times are read as UTC', () => {
  expect(smiTime('2026/11/20 14:32:46.123')).toBe(Date.UTC(2026, 10, 20, 14, 32, 46, 123));
  expect(smiTime('[N/A]')).toBeNaN();
});

test('every column becomes a metric that is declared, with its labels', () => {
  const declared: Readonly<Record<string, { readonly labels: readonly string[] }>> = metrics;
  for (const { metric, labels = {} } of fieldUses)
    expect([metric, declared[metric]?.labels.slice(3)]).toEqual([metric, Object.keys(labels)]);
});
