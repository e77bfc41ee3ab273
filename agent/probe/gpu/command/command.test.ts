import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, readConfig } from '../../../contract/config.ts';
import { Unavailable } from '../../../contract/errors.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import { examineGpus } from '../../../samplers/gpu/examine.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import { machineWithTool } from '../../../../test/machines/tool-machine.ts';
import type { GpuSource } from '../source.ts';
import { sourceGroups } from '../sources.ts';
import { readColumns } from './columns.ts';
import { openCommand } from './index.ts';
import type { CommandOptions } from './index.ts';
import { columnOf, ownCommandField, ownTool } from './own-command.ts';
import type { OwnCommand } from './own-command.ts';
import { openPace } from './pace.ts';
import { presets } from './presets.ts';

const MIB = 2 ** 20;

// Composed by the columns that SwanLab and FlagPerf read.
const KUNLUNXIN = `
0000:34:00.0 0 0 0 45 0 0 0 88 400 0 0 0 0 0 0 0 1024 98304 37 0 P800 OAM
0000:35:00.0 1 0 0 N/A 0 0 0 90 400 0 0 0 0 0 0 0 0 98304 0 0 P800 OAM
`;
// What Intel's program of the same name answers to an option that it does not have.
const INTEL_XPU_SMI = `The following arguments were not expected: -m
Intel XPU System Management Interface -- v1.2
Usage: xpu-smi [Options]
  xpu-smi discovery
`;
const GAUDI = `0, 01P0-HL2080A0-15-TNBS60-20-08-03, HL-225, 0000:4d:00.0, 1.19.0-1, AM22039423, 24, 3, 98304, 768, 89, 0, 0, 0, 0
1, 01P0-HL2080A0-15-TNBS61-20-08-04, HL-225, 0000:4e:00.0, 1.19.0-1, AM22039424, N/A, 0, 98304, 768, N/A, 0, 2, 1, N/A
`;
const NPU_910B = `+------------------------------------------------------------------------------------------------+
| npu-smi 24.1.rc1                 Version: 24.1.rc1                                             |
+---------------------------+---------------+----------------------------------------------------+
| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)|
| Chip                      | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |
+===========================+===============+====================================================+
| 0     910B2C              | OK            | 86.8        35                0    / 0             |
| 0                         | 0000:66:00.0  | 0           0    / 0          59356/ 65536         |
+===========================+===============+====================================================+
| 1     910B2C              | OK            | 103.1       37                0    / 0             |
| 0                         | 0000:19:00.0  | 12          0    / 0          3437 / 65536         |
+===========================+===============+====================================================+
+---------------------------+---------------+----------------------------------------------------+
| NPU     Chip              | Process id    | Process name             | Process memory(MB)      |
+===========================+===============+====================================================+
| 0       0                 | 1712733       | python3                  | 55974                   |
+===========================+===============+====================================================+
| No running processes found in NPU 1                                                            |
+===========================+===============+====================================================+
`;
const NPU_310P = `| NPU     Name              | Health          | Power(W)     Temp(C)           Hugepages-Usage(page) |
| Chip    Device            | Bus-Id          | AICore(%)    Memory-Usage(MB)                        |
| 8       310P3             | OK              | NA           47                0     / 0             |
| 0       0                 | 0000:82:00.0    | 0            1851 / 21527                            |
| 8       310P3             | OK              | NA           46                0     / 0             |
| 1       1                 | 0000:82:00.0    | 5            1600 / 21527                            |
`;

test('Kunlunxin: a line a device', () => {
  expect(presets.kunlunxin.read(KUNLUNXIN)).toMatchObject([
    {
      gpu: '0',
      uuid: 'pci-0000:34:00.0',
      vendor: 'kunlunxin',
      info: { name: 'P800 OAM', pci_bus_id: '0000:34:00.0' },
      values: {
        gpu_temperature_celsius: 45,
        gpu_power_watts: 88,
        gpu_memory_used_bytes: 1024 * MIB,
        gpu_memory_total_bytes: 98304 * MIB,
        gpu_utilization_ratio: 0.37,
      },
    },
    { gpu: '1', values: { gpu_utilization_ratio: 0, gpu_memory_used_bytes: 0 } },
  ]);
  expect(presets.kunlunxin.read(KUNLUNXIN)[1]?.values).not.toHaveProperty('gpu_temperature_celsius');
});

test('Gaudi: the columns that were asked for, in their order', () => {
  const asked = presets.gaudi.args[1] ?? '';
  expect(asked.split(',').slice(0, 4)).toEqual(['index', 'uuid', 'name', 'bus_id']);
  const [first, second] = presets.gaudi.read(GAUDI);
  expect(first).toMatchObject({
    gpu: '0',
    uuid: '01P0-HL2080A0-15-TNBS60-20-08-03',
    info: { name: 'HL-225', driver: '1.19.0-1', pci_bus_id: '0000:4d:00.0', serial: 'AM22039423' },
    values: { gpu_temperature_celsius: 24, gpu_utilization_ratio: 0.03, gpu_memory_total_bytes: 98304 * MIB, gpu_power_watts: 89 },
  });
  expect(second?.values).toEqual({ gpu_utilization_ratio: 0, gpu_memory_total_bytes: 98304 * MIB, gpu_memory_used_bytes: 768 * MIB });
  expect(second?.labelled).toEqual([
    { metric: 'gpu_ecc_errors_total', labels: { type: 'corrected', lifetime: 'volatile' }, value: 0 },
    { metric: 'gpu_ecc_errors_total', labels: { type: 'corrected', lifetime: 'aggregate' }, value: 2 },
    { metric: 'gpu_ecc_errors_total', labels: { type: 'uncorrected', lifetime: 'volatile' }, value: 1 },
  ]);
});

test('Ascend: two lines a chip, memory of the stacks, and processes', () => {
  expect(presets.ascend.read(NPU_910B)).toEqual([
    {
      gpu: '0',
      uuid: 'pci-0000:66:00.0',
      vendor: 'ascend',
      info: { name: '910B2C', driver: '', pci_bus_id: '0000:66:00.0', serial: '' },
      values: {
        gpu_power_watts: 86.8,
        gpu_temperature_celsius: 35,
        gpu_utilization_ratio: 0,
        gpu_memory_used_bytes: 59356 * MIB,
        gpu_memory_total_bytes: 65536 * MIB,
      },
      processes: [{ pid: 1712733, memory: 55974 * MIB }],
    },
    expect.objectContaining({ gpu: '1', values: expect.objectContaining({ gpu_utilization_ratio: 0.12 }), processes: [] }),
  ]);
});

test('Ascend: chips without memory stacks or watts, two on a card', () => {
  const chips = presets.ascend.read(NPU_310P);
  expect(chips.map(({ gpu, values }) => [gpu, values])).toEqual([
    [
      '0',
      { gpu_temperature_celsius: 47, gpu_utilization_ratio: 0, gpu_memory_used_bytes: 1851 * MIB, gpu_memory_total_bytes: 21527 * MIB },
    ],
    [
      '1',
      { gpu_temperature_celsius: 46, gpu_utilization_ratio: 0.05, gpu_memory_used_bytes: 1600 * MIB, gpu_memory_total_bytes: 21527 * MIB },
    ],
  ]);
  expect(new Set(chips.map(({ uuid }) => uuid)).size).toBe(2);
});

test.each(Object.values(presets))('$name: what is no answer of the tool has no devices', ({ read }) => {
  for (const text of [
    '',
    'command not found',
    INTEL_XPU_SMI,
    'dcmi module initialize failed. ret is -8005',
    '| a | b | c |',
    ',,,,,,,,,,\n',
  ]) {
    expect(read(text)).toEqual([]);
  }
});

async function open(root: string, options: CommandOptions): Promise<GpuSource> {
  const source = await openCommand(gpuContext(root), options);
  onTestFinished(() => source.close());
  return source;
}

test('a tool is found in its vendor’s folder, run with its arguments, and its first answer is the first reading', async () => {
  const { root } = machineWithTool('/opt/xre/bin/xpu-smi', KUNLUNXIN);
  const { source, devices } = await (await open(root, { preset: 'kunlunxin' })).read(Date.now());
  expect([source, devices.length]).toEqual(['kunlunxin', 2]);
  expect(readFileSync(`${root}/runs`, 'utf8')).toBe('-m\n');
});

test("Intel's program of the same name is told apart by what it says", async () => {
  const { root } = machineWithTool('/usr/bin/xpu-smi', INTEL_XPU_SMI);
  await expect(open(root, { preset: 'kunlunxin' })).rejects.toThrow(/that of Intel/);
});

test('a node without the tool, or whose tool sees no device, has nothing to read', async () => {
  await expect(open(madeMachine({}).root, { preset: 'ascend' })).rejects.toThrow(Unavailable);
  const { root } = machineWithTool('/usr/bin/npu-smi', 'dcmi module initialize failed. ret is -8005');
  await expect(open(root, { preset: 'ascend' })).rejects.toThrow(/dcmi module initialize failed.*HwHiAiUser/);
});

test('a tool is not run again before its time, and a reading waits no longer than the agent lives', async () => {
  const stop = new AbortController();
  const pace = openPace(200, stop.signal);
  await pace.begin();
  const before = performance.now();
  await pace.begin();
  expect(performance.now() - before).toBeGreaterThan(150);
  const waiting = pace.begin();
  stop.abort();
  await expect(waiting).rejects.toThrow(/aborted/);
});

const OWN = {
  program: '/opt/hygon/hy-smi',
  args: ['--csv'],
  vendor: 'hygon',
  missing: ['None'],
  columns: { gpu: 1, name: '5', gpu_temperature_celsius: '2', gpu_power_watts: '3 * 0.001', gpu_utilization_ratio: '4 / 100' },
};

function ownOptions(given: unknown): OwnCommand {
  const { command } = readConfig({ command: ownCommandField }, { command: given }, 'agent.yaml');
  if (command === undefined) throw new Error('no command');
  return command;
}

test('a tool of one’s own is described in the configuration', async () => {
  const { root } = machineWithTool('/opt/hygon/hy-smi', 'card,temp,power,use,name\n0,41.0C,88500,7,K100\n1,None,90000,None,K100\n');
  const { source, devices } = await (await open(root, { command: ownOptions(OWN) })).read(Date.now());
  expect(source).toBe('hygon');
  expect(devices).toMatchObject([
    { gpu: '0', uuid: 'hygon-0', vendor: 'hygon', info: { name: 'K100' } },
    { gpu: '1', uuid: 'hygon-1' },
  ]);
  expect(devices.map(({ values }) => values)).toEqual([
    { gpu_temperature_celsius: 41, gpu_power_watts: 88.5, gpu_utilization_ratio: 0.07 },
    { gpu_power_watts: 90 },
  ]);
  expect(ownTool(ownOptions(OWN))).toMatchObject({ everyMs: 10_000, timeoutMs: 5000 });
});

test.each([
  [{ every: '1s' }, 'command.every: "1s" is too short'],
  [
    { columns: { gpu: 1, gpu_temprature_celsius: 2 } },
    'command.columns.gpu_temprature_celsius: not known here; did you mean gpu_temperature_celsius',
  ],
  [{ columns: { gpu: 1, gpu_power_watts: 'third' } }, 'command.columns.gpu_power_watts: "third" is no column'],
  [{ columns: { gpu: 0 } }, 'command.columns.gpu: "0" is no column'],
  [{ columns: { gpu: 1, gpu_ecc_errors_total: 2 } }, 'command.columns.gpu_ecc_errors_total: not known here'],
  [{ columns: { gpu_power_watts: 3 } }, 'command.columns: gpu is missing'],
  [{ program: undefined }, 'command.program'],
  [{ format: 'tsv' }, 'command.format: "tsv" is not known here'],
])('a fault is told with its path: %j', (change, message) => {
  expect(() => ownOptions({ ...OWN, ...change })).toThrow(ConfigError);
  expect(() => ownOptions({ ...OWN, ...change })).toThrow(message);
});

test('columns are written as numbers from 1, ranges, and with a factor', () => {
  expect(['4', '22-23', '18 * 1048576', '20/100', '3 * 1e-3'].map(columnOf)).toEqual([
    { at: 4, per: 1 },
    { at: 22, to: 23, per: 1 },
    { at: 18, per: 1048576 },
    { at: 20, per: 0.01 },
    { at: 3, per: 0.001 },
  ]);
  expect(['', '0', '3-2', '4 * 0', '4 / 0', '-1', '4 + 1'].map(columnOf)).toEqual(Array.from({ length: 7 }, () => undefined));
});

test('every value of the presets has a metric', () => {
  const devices = [...presets.kunlunxin.read(KUNLUNXIN), ...presets.ascend.read(NPU_910B), ...presets.gaudi.read(GAUDI)];
  const names = devices.flatMap(({ values, labelled = [] }) => [...Object.keys(values), ...labelled.map(({ metric }) => metric)]);
  expect(names.filter((name) => !Object.hasOwn(metrics, name))).toEqual([]);
});

test('a line that is too short, or has no index, is no device', () => {
  const table = { format: 'blanks', missing: [], columns: { gpu: { at: 1, per: 1 }, gpu_power_watts: { at: 3, per: 1 } } } as const;
  expect(readColumns('id x watts\n0 x 5\n1 x\nx x 5\n', 'v', table).map(({ gpu }) => gpu)).toEqual(['0']);
});

test('tools are read at their own pace, and doctor says which are here', async () => {
  const { root } = machineWithTool('/opt/hygon/hy-smi', '');
  const options = { nvidia: 'off', commands: ['gaudi'], command: ownOptions({ ...OWN, every: '1m' }) } as const;
  const groups = sourceGroups({ ...options, root, period: 1000 });
  expect(groups.flatMap(({ sources }) => sources.map(({ name, slowest }) => [name, slowest]))).toEqual([
    ['amd', undefined],
    ['intel', undefined],
    ['gaudi', 10_000],
    ['hygon', 60_000],
  ]);
  expect(await examineGpus(gpuContext(root).host, options)).toEqual(
    expect.arrayContaining([
      { source: 'hl-smi (gaudi)', found: false, why: 'there is no hl-smi', fix: presets.gaudi.mend },
      { source: '/opt/hygon/hy-smi (hygon)', found: true, why: `${root}/opt/hygon/hy-smi` },
    ]),
  );
});
