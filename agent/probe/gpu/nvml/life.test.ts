import { spawnSync } from 'node:child_process';
import koffi from 'koffi';
import { expect, onTestFinished, test, vi } from 'vitest';
import { madeNvml, openedNvml, valuesOf } from '../../../../test/gpu/opened-nvml.ts';
import { needsServer } from '../../../../test/services/needs-server.ts';
import { Unavailable } from '../../../contract/errors.ts';
import { openHost } from '../../../host.ts';
import { DriverReplaced } from './codes.ts';
import { openNvml } from './index.ts';

const context = { host: openHost(), period: 1000, calling: () => undefined, signal: new AbortController().signal };
/** One GPU that has a temperature, and nothing else. */
const WARM = ['gpus 1 none', 'gpu 0 temperature 40'];

// Two GPUs, of which GPU-a is the cool one.
const as = (first: string, second: string): string[] => [
  'gpus 2 v100',
  `gpu 0 uuid ${first}`,
  `gpu 0 temperature ${first === 'GPU-a' ? 30 : 60}`,
  `gpu 1 uuid ${second}`,
  `gpu 1 temperature ${second === 'GPU-a' ? 30 : 60}`,
];

needsServer('gcc')('NVML over time', () => {
  test('nothing here: what is missing is said with what mends it', async () => {
    const missing = openNvml(context, { library: '/no/such/libnvidia-ml.so.1' });
    await expect(missing).rejects.toThrow(/cannot load \/no\/such.*install the NVIDIA driver/);
    await expect(missing).rejects.toThrow(Unavailable);
    const asleep = madeNvml(['init 9', 'gpus 1 v100']);
    await expect(openNvml(context, { library: asleep.library })).rejects.toThrow(/Driver Not Loaded \(9\); load it \(modprobe nvidia\)/);
    const none = madeNvml(['gpus 0']);
    await expect(openNvml(context, { library: none.library })).rejects.toThrow(/finds no GPU/);
    expect(koffi.load(none.library).func('fakeOpenSessions', 'int', [])()).toBe(0);
  });

  test('without koffi NVML is unavailable, and says how to get it', async () => {
    vi.doMock('koffi', () => {
      throw new Error('Cannot find package koffi');
    });
    vi.resetModules();
    onTestFinished(() => vi.doUnmock('koffi'));
    const { openNvml: open } = await import('./index.ts');
    await expect(open(context, { library: undefined })).rejects.toThrow(/called through koffi, which is not here.*npm install koffi/);
  });

  test('load and heat are read each time, clocks and processes every 5 s, limits and errors every minute', async () => {
    const nvml = await openedNvml(['gpus 1 h200']);
    await nvml.read();
    nvml.calls();
    await nvml.read();
    const each = nvml.calls();
    expect(each.toSorted()).toEqual(
      [
        'nvmlEventSetWait_v2',
        'nvmlDeviceGetUtilizationRates',
        'nvmlDeviceGetMemoryInfo_v2',
        'nvmlDeviceGetTemperatureV',
        'nvmlDeviceGetMarginTemperature',
        'nvmlDeviceGetFieldValues',
        'nvmlDeviceGetCurrentClocksEventReasons',
        'nvmlGpmSampleGet',
        'nvmlGpmMetricsGet',
      ].toSorted(),
    );
    await nvml.read(4000);
    const seconds = nvml.calls();
    expect(seconds).toEqual(expect.arrayContaining([...each, 'nvmlDeviceGetClockInfo', 'nvmlDeviceGetComputeRunningProcesses_v3']));
    expect(seconds).not.toContain('nvmlDeviceGetEnforcedPowerLimit');
    await nvml.read(60_000);
    expect(nvml.calls()).toEqual(
      expect.arrayContaining([...each, 'nvmlDeviceGetEnforcedPowerLimit', 'nvmlDeviceGetCount_v2', 'nvmlDeviceGetNvLinkState']),
    );
  });

  test('what a card does not have is asked once', async () => {
    const nvml = await openedNvml(['gpus 1 k20m']);
    await nvml.read();
    const first = nvml.calls();
    expect(first).toEqual(expect.arrayContaining(['nvmlDeviceGetFanSpeed', 'nvmlDeviceGetMemoryInfo_v2', 'nvmlDeviceGetNvLinkState']));
    await nvml.read(60_000);
    const later = nvml.calls();
    for (const call of [
      'nvmlDeviceGetFanSpeed',
      'nvmlDeviceGetMemoryInfo_v2',
      'nvmlDeviceGetNvLinkState',
      'nvmlDeviceGetMarginTemperature',
    ])
      expect(later).not.toContain(call);
    expect(later).toContain('nvmlDeviceGetMemoryInfo');
  });

  test('a fault of the moment costs the value of the moment', async () => {
    const nvml = await openedNvml(['gpus 1 v100']);
    await nvml.read();
    nvml.fake.say('gpus 1 v100', 'gpu 0 fail nvmlDeviceGetTemperatureV 999', 'gpu 0 field 83 fail 27');
    const without = valuesOf((await nvml.read()).devices[0]);
    expect(without).not.toHaveProperty('gpu_temperature_celsius');
    expect(without).not.toHaveProperty('gpu_energy_joules_total');
    expect(without).toHaveProperty('gpu_power_instant_watts');
    nvml.fake.say('gpus 1 v100');
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({ gpu_temperature_celsius: 38, gpu_energy_joules_total: 1000 });
  });

  test.each([15, 16])('a GPU that answers %i is lost and nothing else is said of it, until it is back', async (answer) => {
    const nvml = await openedNvml(['gpus 2 h100', 'event 1 1 8 48']);
    await nvml.read();
    nvml.fake.say('gpus 2 h100', `gpu 1 lost ${answer}`, 'event 1 1 8 48', 'event 2 1 8 79');
    const [well, lost] = (await nvml.read()).devices;
    expect(valuesOf(well)).toMatchObject({ gpu_lost: 0, gpu_temperature_celsius: 34 });
    expect(lost).toMatchObject({ gpu: '1', info: { name: 'NVIDIA H100 80GB HBM3' }, values: { gpu_lost: 1 } });
    expect(Object.keys(lost?.values ?? {})).toEqual(['gpu_lost']);
    expect(valuesOf(lost)).toMatchObject({ 'gpu_xid_errors_total{xid="79"}': 1, 'gpu_xid_errors_total{xid="48"}': 1 });
    nvml.calls();
    await nvml.read();
    expect(nvml.calls().filter((call) => call === 'nvmlDeviceGetUtilizationRates')).toHaveLength(1);
    nvml.fake.say('gpus 2 h100', 'event 2 1 8 79');
    const [, back] = (await nvml.read(10_000)).devices;
    // All of it, though the minute is not over.
    expect(valuesOf(back)).toMatchObject({ gpu_lost: 0, gpu_temperature_celsius: 34, gpu_power_limit_watts: 700 });
    expect(valuesOf(back)).toMatchObject({ 'gpu_xid_errors_total{xid="79"}': 1 });
  });

  test('GPUs that were lost before are told of by their index, until they are back', async () => {
    const nvml = await openedNvml(['gpus 3 h100', 'gpu 0 lost 15', 'gpu 2 lost 16']);
    const { devices } = await nvml.read();
    expect(devices.map(({ gpu, uuid, values }) => [gpu, uuid === '', values['gpu_lost']])).toEqual([
      ['1', false, 0],
      ['0', true, 1],
      ['2', true, 1],
    ]);
    nvml.fake.say('gpus 3 h100', 'gpu 0 lost 15');
    const later = (await nvml.read(10_000)).devices;
    expect(later.map(({ gpu, uuid, values }) => [gpu, uuid === '', values['gpu_lost']])).toEqual([
      ['1', false, 0],
      ['2', false, 0],
      ['0', true, 1],
    ]);
  });

  test('a GPU that is not listed any more is lost; one that is new is found within a minute', async () => {
    const nvml = await openedNvml(['gpus 2 v100']);
    await nvml.read();
    nvml.fake.say('gpus 1 v100');
    expect((await nvml.read(60_000)).devices.map((device) => device.values['gpu_lost'])).toEqual([0, 1]);
    nvml.fake.say('gpus 3 v100');
    const { devices } = await nvml.read(60_000);
    expect(devices.map((device) => device.values['gpu_lost'])).toEqual([0, 0, 0]);
    expect(valuesOf(devices[2])).toMatchObject({ gpu_temperature_celsius: 38 });
  });

  test('GPUs that cannot be counted for a moment are not lost', async () => {
    const nvml = await openedNvml(['gpus 1 v100']);
    await nvml.read();
    nvml.fake.say('gpus 1 v100', 'gpu 0 fail nvmlDeviceGetHandleByIndex_v2 999');
    expect((await nvml.read(60_000)).devices[0]?.values['gpu_lost']).toBe(0);
  });

  test('GPUs that change places are told apart by their UUIDs', async () => {
    const nvml = await openedNvml([...as('GPU-a', 'GPU-b'), 'event 1 0 8 74']);
    await nvml.read();
    nvml.fake.say(...as('GPU-b', 'GPU-a'));
    const { devices } = await nvml.read(60_000);
    expect(devices.map(({ gpu, uuid, values }) => [gpu, uuid, values['gpu_temperature_celsius']])).toEqual([
      ['0', 'GPU-b', 60],
      ['1', 'GPU-a', 30],
    ]);
    expect(valuesOf(devices[1])).toMatchObject({ 'gpu_xid_errors_total{xid="74"}': 1 });
  });

  test('XIDs are counted by number; those that sites alert on from 0, so that the first is an increase', async () => {
    const nvml = await openedNvml(['gpus 2 v100']);
    const [first] = (await nvml.read()).devices;
    expect(valuesOf(first)).toMatchObject({ 'gpu_xid_errors_total{xid="79"}': 0 });
    expect(valuesOf(first)).not.toHaveProperty(['gpu_xid_errors_total{xid="31"}']);
    nvml.fake.say('gpus 2 v100', 'event 1 0 8 31', 'event 2 0 8 79', 'event 3 0 8 31', 'event 4 1 8 63', 'event 5 0 2 5');
    const [struck, other] = (await nvml.read()).devices;
    expect(valuesOf(struck)).toMatchObject({ 'gpu_xid_errors_total{xid="31"}': 2, 'gpu_xid_errors_total{xid="79"}': 1 });
    expect(valuesOf(other)).toMatchObject({ 'gpu_xid_errors_total{xid="63"}': 1, 'gpu_xid_errors_total{xid="79"}': 0 });
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({ 'gpu_xid_errors_total{xid="31"}': 2 });
    expect(valuesOf(struck)).toMatchObject({ 'gpu_xid_errors_total{xid="31"}': 2 });
  });

  test('energy that begins anew is handed on as it is', async () => {
    const nvml = await openedNvml(['gpus 1 v100', 'gpu 0 field 83 5000000000000']);
    expect((await nvml.read()).devices[0]?.values['gpu_energy_joules_total']).toBe(5e9);
    nvml.fake.say('gpus 1 v100', 'gpu 0 field 83 12000');
    expect((await nvml.read()).devices[0]?.values['gpu_energy_joules_total']).toBe(12);
  });

  test('a driver that was replaced ends the source: only a new process can load its library', async () => {
    const nvml = await openedNvml(WARM);
    await nvml.read();
    nvml.fake.say(...WARM, 'all 18');
    await expect(nvml.read()).rejects.toThrow(DriverReplaced);
  });

  test('closing gives back the session and every GPM sample', async () => {
    const nvml = await openedNvml(['gpus 2 h100']);
    await nvml.read();
    const library = koffi.load(nvml.fake.library);
    const samples = library.func('fakeGpmSamples', 'int', []);
    expect(samples()).toBe(4);
    await nvml.close();
    await nvml.close();
    expect(samples()).toBe(0);
    expect(library.func('fakeOpenSessions', 'int', [])()).toBe(0);
  });

  test('a call hangs and falls over where the scenario says so', () => {
    const fake = madeNvml([...WARM, 'hang nvmlShutdown 30', 'segfault nvmlDeviceGetTemperature']);
    const call = (name: string): ReturnType<typeof spawnSync> => {
      const script = `const l = require('koffi').load(process.argv[1]); l.func('nvmlInit_v2', 'int', [])();
        l.func('${name}', 'int', ['void *', 'int', 'void *'])(0, 0, Buffer.alloc(8))`;
      return spawnSync(process.execPath, ['-e', script, fake.library], {
        env: { ...process.env, ...fake.env },
        timeout: 1500,
        stdio: 'ignore',
      });
    };
    expect(call('nvmlDeviceGetTemperature').signal).toBe('SIGSEGV');
    expect(call('nvmlShutdown').error?.message).toContain('ETIMEDOUT');
  });
});
