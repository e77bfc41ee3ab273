import { expect, test } from 'vitest';
import { openedNvml, valuesOf } from '../../../../test/gpu/opened-nvml.ts';
import { needsServer } from '../../../../test/services/needs-server.ts';

const GIB = 1024 ** 3;
const TWO = ['gpu 0 process compute 4000 1073741824', 'gpu 0 process graphics 4001 none'];

needsServer('gcc')('processes, instances and counters of NVML', () => {
  test.each([
    [16, {}],
    [24, {}],
    [32, {}],
    [24, { branch: 470 }],
    [16, { branch: 390 }],
  ])('processes are told apart when an entry has %i bytes (%j)', async (stride, options) => {
    const nvml = await openedNvml(['gpus 1 v100', `stride ${stride}`, 'gpu 0 process compute 4002 5', ...TWO], options);
    const [device] = (await nvml.read()).devices;
    expect(device?.processes).toEqual([{ pid: 4002, memory: 5 }, { pid: 4000, memory: GIB }, { pid: 4001 }]);
    expect(device?.values['gpu_processes']).toBe(3);
  });

  test('an entry of a size that nobody knows gives no process rather than a wrong one', async () => {
    const nvml = await openedNvml(['gpus 1 v100', 'stride 40', ...TWO], {
      without: ['nvmlDeviceGetComputeRunningProcesses', 'nvmlDeviceGetComputeRunningProcesses_v2'],
    });
    const [device] = (await nvml.read()).devices;
    expect(device).not.toHaveProperty('processes');
    expect(device?.values).not.toHaveProperty('gpu_processes');
  });

  test('more processes than there was room for are all told', async () => {
    const many = Array.from({ length: 299 }, (_, at) => `gpu 0 process compute ${5000 + at} ${at}`);
    const nvml = await openedNvml(['gpus 1 v100', ...many]);
    const [device] = (await nvml.read()).devices;
    expect(device?.processes).toHaveLength(299);
    expect(device?.processes?.[298]).toEqual({ pid: 5298, memory: 298 });
  });

  test('processes are asked every 5 s, and are absent in between', async () => {
    const nvml = await openedNvml(['gpus 1 v100', ...TWO]);
    expect((await nvml.read()).devices[0]?.processes).toHaveLength(2);
    expect((await nvml.read()).devices[0]).not.toHaveProperty('processes');
    nvml.fake.say('gpus 1 v100');
    expect((await nvml.read(4000)).devices[0]?.processes).toEqual([]);
  });

  test('what a process does is the mean of its new samples, within 0 to 1, without absurd ones', async () => {
    const nvml = await openedNvml([
      'gpus 1 v100',
      ...TWO,
      'gpu 0 sample 4000 1000000 10 0 0 0',
      'gpu 0 sample 4000 20000000 40 10 0 0',
      'gpu 0 sample 4000 20100000 60 30 104 0',
      'gpu 0 sample 4001 20100000 4000000 10 0 0',
      'gpu 0 sample 9999 20100000 50 50 0 0',
    ]);
    const [device] = (await nvml.read()).devices;
    expect(device?.processes).toEqual([
      { pid: 4000, memory: GIB, sm: 0.5, memoryUtilization: 0.2, encoder: 0.5, decoder: 0 },
      { pid: 4001 },
    ]);
    // No new sample: nothing is said, and above all nothing again.
    expect((await nvml.read(5000)).devices[0]?.processes).toEqual([{ pid: 4000, memory: GIB }, { pid: 4001 }]);
    nvml.fake.say('gpus 1 v100', ...TWO, 'gpu 0 sample 4000 20100000 60 30 0 0', 'gpu 0 sample 4000 25000000 80 0 0 0');
    expect((await nvml.read(5000)).devices[0]?.processes?.[0]).toMatchObject({ pid: 4000, sm: 0.8 });
  });

  test('a card of before Maxwell has processes without utilization', async () => {
    const nvml = await openedNvml(['gpus 1 k20m', ...TWO, 'gpu 0 sample 4000 20000000 40 10 0 0'], { branch: 470 });
    expect((await nvml.read()).devices[0]?.processes).toEqual([{ pid: 4000, memory: GIB }, { pid: 4001 }]);
  });

  test('GPM tells from the second reading on, as shares; NaN and what has an error are absent', async () => {
    const gpm = ['gpu 0 gpm 2 53.5', 'gpu 0 gpm 3 25', 'gpu 0 gpm 5 nan', 'gpu 0 gpm 10 100'];
    const nvml = await openedNvml(['gpus 1 h100', ...gpm]);
    expect((await nvml.read()).devices[0]?.values).not.toHaveProperty('gpu_sm_active_ratio');
    const values = valuesOf((await nvml.read()).devices[0]);
    expect(values).toMatchObject({
      gpu_sm_active_ratio: 0.535,
      gpu_sm_occupancy_ratio: 0.25,
      gpu_dram_active_ratio: 1,
      gpu_fp64_active_ratio: 0,
    });
    expect(values).not.toHaveProperty('gpu_tensor_active_ratio');
    expect(values['gpu_pcie_transmit_bytes_total']).toBe(2 * 1024 * 1024);
    expect((await nvml.read(3000)).devices[0]?.values['gpu_pcie_transmit_bytes_total']).toBe(8 * 1024 * 1024);
    nvml.calls();
    await nvml.read(50);
    expect(nvml.calls()).not.toContain('nvmlGpmSampleGet');
  });

  test('GPM that is kept to administrators is asked once, and people are told what would give it', async () => {
    const nvml = await openedNvml(['gpus 1 h100', 'gpu 0 fail nvmlGpmSampleGet 4']);
    const reading = await nvml.read();
    expect(reading.note).toMatch(/administrators only.*NVreg_RestrictProfilingToAdminUsers=0/);
    expect(valuesOf(reading.devices[0])).toMatchObject({ gpu_utilization_ratio: 0 });
    nvml.calls();
    await nvml.read();
    expect(nvml.calls()).not.toContain('nvmlGpmSampleGet');
  });

  const split = [
    'gpus 2 h100',
    'gpu 0 mig 1',
    'gpu 0 util_gpu none',
    'gpu 0 process compute 4000 7',
    ...[0, 2].flatMap((slot) => [
      `mig 0:${slot} uuid MIG-${slot}`,
      `mig 0:${slot} name NVIDIA H100 80GB HBM3 MIG 1g.10gb`,
      `mig 0:${slot} gi ${slot + 7}`,
      `mig 0:${slot} ci 0`,
      `mig 0:${slot} memory_total 10000`,
      `mig 0:${slot} memory_used ${slot * 100}`,
      `mig 0:${slot} memory_reserved 30`,
      `mig 0:${slot} gpm 2 ${slot * 10 + 5}`,
    ]),
    'mig 0:2 process compute 4000 7',
  ];

  test('MIG instances are devices of their own, with what NVML tells of one', async () => {
    const nvml = await openedNvml(split);
    await nvml.read();
    const { devices } = await nvml.read(5000);
    expect(devices.map(({ gpu }) => gpu)).toEqual(['0', '0:0', '0:2', '1']);
    const [board, , instance, whole] = devices;
    expect(instance).toMatchObject({ uuid: 'MIG-2', parent: board?.uuid, info: { name: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb' } });
    expect(instance?.processes).toEqual([{ pid: 4000, memory: 7 }]);
    expect(valuesOf(instance)).toEqual({
      gpu_memory_total_bytes: 10_000,
      gpu_memory_used_bytes: 200,
      gpu_memory_reserved_bytes: 30,
      gpu_processes: 1,
      gpu_sm_active_ratio: 0.25,
    });
    // The board has heat and watts, but neither a utilization nor the processes of its instances.
    expect(valuesOf(board)).toMatchObject({ gpu_power_watts: 70.1 });
    expect(board?.values).not.toHaveProperty('gpu_utilization_ratio');
    expect(board).not.toHaveProperty('processes');
    expect(whole?.processes).toEqual([]);
  });

  test('a GPU that is split or made whole again is what it has become within a minute', async () => {
    const nvml = await openedNvml(split);
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({ gpu_mig_enabled: 1 });
    nvml.fake.say('gpus 2 h100');
    const whole = (await nvml.read(60_000)).devices;
    expect(whole.map(({ gpu }) => gpu)).toEqual(['0', '1']);
    expect(valuesOf(whole[0])).toMatchObject({ gpu_mig_enabled: 0, gpu_utilization_ratio: 0 });
    nvml.fake.say(...split);
    expect((await nvml.read(60_000)).devices.map(({ gpu }) => gpu)).toEqual(['0', '0:0', '0:2', '1']);
  });

  test('instances of a lost GPU are gone until it is back', async () => {
    const nvml = await openedNvml(split);
    await nvml.read();
    nvml.fake.say(...split, 'gpu 0 lost 15');
    expect((await nvml.read()).devices.map(({ gpu, values }) => [gpu, values['gpu_lost']])).toEqual([
      ['0', 1],
      ['1', 0],
    ]);
    nvml.fake.say(...split);
    await nvml.read(5000);
    expect((await nvml.read(5000)).devices.map(({ gpu }) => gpu)).toEqual(['0', '0:0', '0:2', '1']);
  });
});
