import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import type { Watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import type { Finding } from '../../finding.ts';
import { openGpuBoard } from '../../gpu-board.ts';
import { openHost } from '../../host.ts';
import type { FeedOptions } from '../../probe/feed.ts';
import type { SamplerKind } from '../../sampler.ts';
import { examineGpus } from './examine.ts';
import gpu from './index.ts';
import { openGpuSampler } from './sampler.ts';
import type { GpuOptions } from './sampler.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-gpu-'));
afterAll(() => rmSync(dir, { recursive: true }));

// The probe with made sources, whose readings stand in a file: that of `better`, which may be missing, and that of `usual`, and
// `fate`: `hang` and `die` in a call, or the driver is `replaced`. At its end it leaves its word in a file.
const probe = new URL('../../probe/', import.meta.url).pathname;
const CHILD = `
  import { readFileSync, writeFileSync } from 'node:fs';
  import { feedGpus } from '${probe}gpu/child.ts';
  import { runFeed } from '${probe}feed-child.ts';
  import { DriverReplaced } from '${probe}gpu/nvml/codes.ts';
  import { Unavailable } from '${probe}../contract/errors.ts';
  const [, , file] = process.argv;
  const script = () => JSON.parse(readFileSync(file, 'utf8'));
  const source = (name) => ({
    name,
    open({ calling }) {
      calling(name + 'Open');
      if (script()[name] === undefined) throw new Unavailable('no library');
      return {
        read() {
          calling(name + 'Read');
          const { fate, [name]: devices } = script();
          if (fate === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
          if (fate === 'die') process.kill(process.pid, 'SIGSEGV');
          if (fate === 'replaced') throw new DriverReplaced('another driver');
          if (devices === undefined) throw new Error('driver has gone');
          return { source: name, at: Date.now(), devices };
        },
        close: () => writeFileSync(file + '.closed', String(process.pid)),
      };
    },
  });
  runFeed((config, surroundings) => {
    const groups = [{ name: 'nvidia', period: config.period, sources: [source('better'), source('usual')] }];
    return feedGpus(groups, config, surroundings);
  });
`;
const child = join(dir, 'child.cjs');
buildSync({ stdin: { contents: CHILD, resolveDir: dir }, bundle: true, platform: 'node', format: 'cjs', outfile: child });

const info = { name: 'Tesla V100-SXM2-32GB', driver: '470.57.02', pci_bus_id: '00000000:1A:00.0', serial: '' };
const card = (watts: number) => ({ gpu: '0', uuid: 'GPU-a', vendor: 'nvidia', info, values: { gpu_power_watts: watts } });
const POWER = 'gpu_power_watts{gpu="0",uuid="GPU-a",vendor="nvidia"}';
const HUNG = 'vigie_agent_probe_hung{probe="gpu"}';
const driver = {
  '/proc/driver/nvidia/version': 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.57.02  Tue Jul 13 16:14:05 UTC 2021\n',
};
const PERIOD = 200;

async function sampler(script: object, deadlines: Partial<FeedOptions> = {}) {
  const machine = madeMachine(driver);
  const file = join(dir, randomUUID());
  const say = (next: object): void => {
    writeFileSync(`${file}.new`, JSON.stringify(next));
    renameSync(`${file}.new`, file);
  };
  say(script);
  const gpus = openGpuBoard();
  const open: SamplerKind['open'] = (context) =>
    openGpuSampler({ ...context, options: { nvidia: 'auto', commands: [] } }, [process.execPath, child, file], deadlines);
  const watched = await watch({ ...gpu, open }, machine.root, { period: PERIOD, gpus });
  const closed = (): boolean => existsSync(`${file}.closed`);
  return { say, gpus, closed, round: () => watched.round() };
}

/** Rounds until one is as wanted; what a round that fails says stands under `error`. */
async function roundUntil(round: Watch['round'], wanted: (values: Readonly<Record<string, number | string>>) => boolean) {
  let last: Readonly<Record<string, number | string>> = {};
  await expect
    .poll(async () => wanted((last = await round().catch((error: unknown) => ({ error: (error as Error).message })))), {
      interval: PERIOD / 2,
      timeout: 20_000,
    })
    .toBe(true);
  return last;
}

test('where nothing shows that there is a GPU, nothing is started', () => {
  const bare = madeMachine({ '/sys/class/drm/card0/device/vendor': '0x1a03\n' });
  return expect(watch(gpu, bare.root)).rejects.toThrow(Unavailable);
});

test('the first round has the first reading, and a round has each reading once', async () => {
  const { round } = await sampler({ usual: [card(57)] });
  expect(await round()).toMatchObject({ [POWER]: 57, [HUNG]: 0, 'gpu_source_info{source="usual"}': 1 });
  expect(await round()).toEqual({ [HUNG]: 0 });
  await roundUntil(round, (values) => values[POWER] === 57);
});

test('the best source that is there is used', async () => {
  const { round } = await sampler({ better: [card(1)], usual: [card(2)] });
  expect(await round()).toMatchObject({ [POWER]: 1, 'gpu_source_info{source="better"}': 1 });
});

test('a source that fails says so, and gives way to the next when it has failed for long', async () => {
  const { round, say } = await sampler({ better: [card(1)], usual: [card(2)] });
  await round();
  say({ usual: [card(2)] });
  expect(await roundUntil(round, (values) => 'error' in values)).toEqual({ error: 'better: driver has gone' });
  expect(await roundUntil(round, (values) => values[POWER] === 2)).toHaveProperty('gpu_source_info{source="usual"}');
});

test('a node without any of the sources is Unavailable, with the reasons', async () => {
  const { round } = await sampler({});
  await expect(round()).rejects.toThrow(new Unavailable('better: no library; usual: no library'));
});

test('a driver that hangs costs the values and is named; nothing old is said, and the board is empty within three periods', async () => {
  const { round, say, gpus } = await sampler({ usual: [card(57)] }, { softMs: 3 * PERIOD });
  await round();
  expect(gpus.gpus(Date.now())).toHaveLength(1);
  say({ usual: [card(57)], fate: 'hang' });
  await new Promise((resolve) => setTimeout(resolve, 2 * PERIOD));
  await round().catch(() => undefined);
  const failed = await roundUntil(round, (values) => {
    expect(values).not.toHaveProperty(POWER);
    return 'error' in values;
  });
  expect(failed['error']).toMatch(/^probe gpu has been silent for \d+ s in usualRead$/);
  await expect.poll(() => gpus.gpus(Date.now()), { timeout: 3 * PERIOD }).toEqual([]);
});

test('a crash in a library costs one restart', async () => {
  let ahead = 0;
  const { round, say } = await sampler({ usual: [card(57)] }, { monotonic: () => performance.now() + ahead });
  await round();
  say({ usual: [card(58)], fate: 'die' });
  const failed = await roundUntil(round, (values) => 'error' in values);
  expect(failed['error']).toMatch(/^probe gpu ended with SIGSEGV in usualRead; started again in 15 s$/);
  say({ usual: [card(58)] });
  ahead = 15_000;
  await roundUntil(round, (values) => values[POWER] === 58);
});

test('a driver that was replaced is read by a new process', async () => {
  let ahead = 0;
  const { round, say, closed } = await sampler({ usual: [card(57)] }, { monotonic: () => performance.now() + ahead });
  await round();
  say({ usual: [card(58)], fate: 'replaced' });
  await roundUntil(round, (values) => values['error'] === 'probe gpu ended with 1; started again in 15 s');
  expect(closed()).toBe(true);
  say({ usual: [card(58)] });
  ahead = 15_000;
  await roundUntil(round, (values) => values[POWER] === 58);
});

test('with the agent the source is closed in good order', async () => {
  let closed: (() => boolean) | undefined;
  onTestFinished(() => expect(closed?.()).toBe(true));
  const opened = await sampler({ usual: [card(57)] });
  ({ closed } = opened);
  await opened.round();
});

async function look(files: Readonly<Record<string, string>>, commands: GpuOptions['commands'] = []): Promise<Record<string, Finding>> {
  const found = await examineGpus(openHost(madeMachine(files).root), { nvidia: 'auto', commands });
  return Object.fromEntries(found.map((finding) => [finding.source, finding]));
}

describe('a look for the sources', () => {
  test('finds nothing on a bare node, with no advice', async () => {
    const found = await look({});
    expect(Object.values(found).map(({ source, found: here, fix }) => [source, here, fix])).toEqual([
      ['NVML', false, undefined],
      ['nvidia-smi', false, undefined],
      ['AMD GPUs', false, undefined],
      ['Intel GPUs', false, undefined],
    ]);
  });

  test('tells a card without driver from no card', async () => {
    const slot = '/sys/bus/pci/devices/0000:1a:00.0';
    const { NVML } = await look({ [`${slot}/vendor`]: '0x10de\n', [`${slot}/class`]: '0x030200\n' });
    expect(NVML).toMatchObject({
      found: false,
      why: 'the card at 0000:1a:00.0 has no NVIDIA driver',
      fix: expect.stringContaining('modprobe'),
    });
  });

  test('finds the library with its driver, and says what to set where it is elsewhere', async () => {
    const { NVML: found } = await look({ ...driver, '/usr/lib64/libnvidia-ml.so.1': '' });
    expect(found).toEqual({ source: 'NVML', found: true, why: '/usr/lib64/libnvidia-ml.so.1, driver 470.57.02' });
    const { NVML: missing } = await look(driver);
    expect(missing?.fix).toContain('nvml: /path');
  });

  test('says so where library and driver are of two versions', async () => {
    const { root } = madeMachine({ ...driver, '/usr/lib64/libnvidia-ml.so.550.163.01': '' });
    symlinkSync('libnvidia-ml.so.550.163.01', `${root}/usr/lib64/libnvidia-ml.so.1`);
    const [nvml] = await examineGpus(openHost(root), { nvidia: 'auto', commands: [] });
    expect(nvml).toMatchObject({ found: false, why: expect.stringContaining('of 550.163.01, the loaded driver of 470.57.02') });
  });

  test('finds cards of AMD and Intel by vendor and driver', async () => {
    const found = await look({ '/sys/class/drm/card0/device/vendor': '0x1002\n', '/sys/class/drm/card1/device/vendor': '0x8086\n' });
    expect(found['AMD GPUs']).toMatchObject({ found: false, why: 'card0 (no driver)', fix: 'modprobe amdgpu' });
    expect(found['Intel GPUs']).toMatchObject({ found: false, why: 'card1 (no driver)', fix: 'modprobe i915' });
  });

  test('says of a tool that is asked for whether it is there', async () => {
    const found = await look({}, ['gaudi']);
    expect(found['hl-smi (gaudi)']).toMatchObject({ found: false, why: 'there is no hl-smi', fix: expect.stringContaining('Gaudi') });
  });
});
