import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { hasCode, Transient, Unavailable } from '../../../contract/errors.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import type { DeviceReading } from '../../../samplers/gpu/reading.ts';
import { machineWithSmi } from '../../../../test/machines/fake-nvidia-smi.ts';
import type { FakeSmi } from '../../../../test/machines/fake-nvidia-smi.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import { openNodeNvidiaSmi } from './index.ts';
import { readSmiLog } from './xml.ts';

// The child as the agent starts it: a script of its own, with the package in it.
const dir = mkdtempSync(join(tmpdir(), 'vigie-node-nvidia-smi-'));
afterAll(() => rmSync(dir, { recursive: true }));
const script = join(dir, 'child.cjs');
const contents = `import { runNodeNvidiaSmiProbe } from ${JSON.stringify(new URL('child.ts', import.meta.url).pathname)}; runNodeNvidiaSmiProbe();`;
buildSync({ stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, platform: 'node', format: 'cjs', outfile: script });
const command = [process.execPath, script];

async function read(smi: Partial<FakeSmi>, deadlineMs = 15_000): Promise<readonly DeviceReading[]> {
  const { root } = machineWithSmi({ gpus: [], ...smi });
  const source = await openNodeNvidiaSmi(gpuContext(root), { command, deadlineMs });
  const { source: name, devices } = await source.read(Date.now());
  expect(name).toBe('node-nvidia-smi');
  return devices;
}

const log = (...gpus: readonly string[]): string =>
  `<?xml version="1.0" ?>\n<nvidia_smi_log><driver_version>580.65.06</driver_version>${gpus.join('')}</nvidia_smi_log>`;
const gpu = (uuid: string, elements = ''): string => `<gpu id="00000000:18:00.0"><uuid>${uuid}</uuid>${elements}</gpu>`;

test('one GPU is one, several are counted in their order', async () => {
  expect(await read({ xml: log(gpu('GPU-a')) })).toMatchObject([
    { gpu: '0', uuid: 'GPU-a', info: { driver: '580.65.06', pci_bus_id: '00000000:18:00.0' } },
  ]);
  expect((await read({ xml: log(gpu('GPU-a'), gpu('GPU-b')) })).map(({ gpu, uuid }) => [gpu, uuid])).toEqual([
    ['0', 'GPU-a'],
    ['1', 'GPU-b'],
  ]);
});

test('the names of DTD v13 are read: averages, limits as distances, counters of reasons', async () => {
  const hopper = `
    <utilization><gpu_util>0 %</gpu_util><memory_util>N/A</memory_util></utilization>
    <temperature><gpu_temp>52 C</gpu_temp><gpu_temp_tlimit>35 C</gpu_temp_tlimit><gpu_temp_max_tlimit_threshold>-8 C</gpu_temp_max_tlimit_threshold>
      <gpu_temp_slow_tlimit_threshold>-2 C</gpu_temp_slow_tlimit_threshold><gpu_temp_max_gpu_tlimit_threshold>0 C</gpu_temp_max_gpu_tlimit_threshold>
      <memory_temp>41 C</memory_temp></temperature>
    <gpu_power_readings><average_power_draw>627.10 W</average_power_draw><instant_power_draw>633.00 W</instant_power_draw>
      <current_power_limit>700.00 W</current_power_limit></gpu_power_readings>
    <clocks_event_reasons><clocks_event_reason_sw_power_cap>Active</clocks_event_reason_sw_power_cap></clocks_event_reasons>
    <clocks_event_reasons_counters><clocks_event_reasons_counters_sw_power_cap>2500000 us</clocks_event_reasons_counters_sw_power_cap></clocks_event_reasons_counters>
    <ecc_errors><volatile><sram_correctable>1</sram_correctable><sram_uncorrectable_parity>2</sram_uncorrectable_parity>
      <sram_uncorrectable_secded>3</sram_uncorrectable_secded><dram_correctable>4</dram_correctable><dram_uncorrectable>5</dram_uncorrectable></volatile></ecc_errors>
    <gpu_recovery_action>Drain P2P</gpu_recovery_action>
    <processes><process_info><pid>42</pid><used_memory>1024 MiB</used_memory></process_info><process_info><pid>43</pid><used_memory>N/A</used_memory></process_info></processes>`;
  const [device] = await read({ xml: log(gpu('GPU-h', hopper)) });
  expect(device?.values).toEqual({
    gpu_utilization_ratio: 0,
    gpu_temperature_celsius: 52,
    gpu_temperature_margin_celsius: 35,
    gpu_temperature_margin_slowdown_celsius: -2,
    gpu_temperature_shutdown_celsius: 95,
    gpu_temperature_slowdown_celsius: 89,
    gpu_temperature_max_operating_celsius: 87,
    gpu_memory_temperature_celsius: 41,
    gpu_power_watts: 627.1,
    gpu_power_instant_watts: 633,
    gpu_power_limit_watts: 700,
    gpu_recovery_action: 3,
  });
  expect(device?.labelled).toEqual([
    { metric: 'gpu_clock_event_active', labels: { reason: 'sw_power_cap' }, value: 1 },
    { metric: 'gpu_clock_event_seconds_total', labels: { reason: 'sw_power_cap' }, value: 2.5 },
    { metric: 'gpu_ecc_errors_total', labels: { type: 'corrected', lifetime: 'volatile' }, value: 5 },
    { metric: 'gpu_ecc_errors_total', labels: { type: 'uncorrected', lifetime: 'volatile' }, value: 10 },
  ]);
  expect(device?.processes).toEqual([{ pid: 42, memory: 2 ** 30 }, { pid: 43 }]);
});

test('an nvidia-smi that hangs is killed at the deadline, with the shell that the package started', async () => {
  const { root } = machineWithSmi({ gpus: [], mode: 'hang' });
  await expect(openNodeNvidiaSmi(gpuContext(root), { command, deadlineMs: 1500 })).rejects.toThrow(Transient);
  const pid = Number(/^(\d+) -q -x/m.exec(readFileSync(`${root}/starts`, 'utf8'))?.[1]);
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

test('no nvidia-smi, one without a GPU, and one that prints no XML', async () => {
  await expect(openNodeNvidiaSmi(gpuContext(madeMachine({}).root), { command })).rejects.toThrow(Unavailable);
  await expect(read({ xml: 'No devices were found' })).rejects.toThrow(/No devices|Non-whitespace/);
  await expect(read({ xml: log() })).rejects.toThrow(/no GPU/);
  await expect(read({ xml: '' })).rejects.toThrow(/no XML/);
});

test.each([undefined, null, 'text', { nvidia_smi_log: 'text' }, { nvidia_smi_log: { gpu: ['', { uuid: 'N/A' }, { uuid: { odd: '' } }] } }])(
  'what is no log has no GPUs: %j',
  (answer) => {
    expect(readSmiLog(answer)).toEqual([]);
  },
);

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded XML of nvidia-smi, because VIGIE_TEST_DATA does not say where it is');

const MIB = 2 ** 20;

test.skipIf(data === undefined).each([
  [
    'a10g',
    { name: 'NVIDIA A10G', driver: '515.105.01' },
    {
      gpu_utilization_ratio: 0,
      gpu_memory_total_bytes: 23028 * MIB,
      gpu_memory_used_bytes: 22 * MIB,
      gpu_memory_reserved_bytes: 435 * MIB,
      gpu_temperature_celsius: 17,
      gpu_temperature_shutdown_celsius: 98,
      gpu_temperature_slowdown_celsius: 95,
      gpu_temperature_max_operating_celsius: 88,
      gpu_power_watts: 25.58,
      gpu_power_limit_watts: 300,
      gpu_power_limit_min_watts: 100,
      gpu_fan_ratio: 0,
      gpu_pcie_link_generation: 1,
      gpu_pcie_link_generation_max: 4,
      gpu_pcie_link_width: 8,
      gpu_pcie_replays_total: 0,
      gpu_performance_state: 8,
      gpu_ecc_enabled: 1,
      gpu_persistence_enabled: 0,
      gpu_remapped_rows_failed: 0,
      gpu_sm_clock_hertz: 210e6,
      gpu_sm_clock_max_hertz: 1710e6,
    },
    ['gpu_memory_temperature_celsius', 'gpu_mig_enabled', 'gpu_retired_pages_pending'],
  ],
  [
    'gtx-1070-ti',
    { name: 'GeForce GTX 1070 Ti', pci_bus_id: '00000000:01:00.0' },
    { gpu_fan_ratio: 1, gpu_memory_used_bytes: 42 * MIB, gpu_temperature_celsius: 39, gpu_utilization_ratio: 0, gpu_pcie_link_width: 16 },
    ['gpu_power_watts', 'gpu_ecc_enabled'],
  ],
  [
    'quadro-p400',
    { name: 'Quadro P400' },
    { gpu_memory_utilization_ratio: 0.03, gpu_temperature_shutdown_celsius: 103 },
    ['gpu_power_watts', 'gpu_power_limit_watts'],
  ],
  [
    'rtx-3080-v12',
    { name: 'NVIDIA GeForce RTX 3080' },
    { gpu_power_watts: 22.78, gpu_power_limit_watts: 336, gpu_memory_utilization_ratio: 0.37 },
    ['gpu_temperature_margin_celsius'],
  ],
  [
    'rtx-3090-v12',
    { name: 'NVIDIA GeForce RTX 3090' },
    { gpu_power_watts: 27.23, gpu_power_limit_watts: 200, gpu_power_limit_default_watts: 350 },
    ['gpu_remapped_rows_failed'],
  ],
  ['tesla-t4', { name: 'Tesla T4' }, { gpu_ecc_enabled: 1, gpu_retired_pages_pending: 0, gpu_pcie_link_generation: 3 }, ['gpu_fan_ratio']],
])('the recorded %s is read', async (file, info, values, absent) => {
  const xml = readFileSync(`${data}/gpu/nvidia-smi-${file}.xml`, 'utf8');
  const [device, ...others] = await read({ xml });
  expect(others).toEqual([]);
  expect(device).toMatchObject({ gpu: '0', vendor: 'nvidia', info, values });
  for (const name of absent) expect(device?.values).not.toHaveProperty(name);
  const names = [...Object.keys(device?.values ?? {}), ...(device?.labelled ?? []).map(({ metric }) => metric)];
  expect(names.filter((name) => !Object.hasOwn(metrics, name))).toEqual([]);
  expect(Object.values(device?.values ?? {}).filter((value) => !Number.isFinite(value))).toEqual([]);
});
