import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../../test/machines/made-machine.ts';
import type { MadeMachine } from '../../../../test/machines/made-machine.ts';
import { openGpuBoard } from '../../../gpu-board.ts';
import type { BoardGpu, BoardProcess } from '../../../gpu-board.ts';
import { defineSampler } from '../../../sampler.ts';
import { openEnviron } from '../environ.ts';
import type { Environ } from '../environ.ts';
import type { Job, Scheduler } from '../job.ts';
import { openJobGpus } from './job-gpus.ts';
import { gpuJobMetrics, jobGpuMetrics } from './metrics.ts';

const card = (gpu: string, minor: number | undefined, parent?: string): BoardGpu => ({
  gpu,
  uuid: `${parent === undefined ? 'GPU' : 'MIG'}-${gpu.replace(':', '-')}a`,
  parent,
  minor,
  watts: 50,
  joules: Number.NaN,
});

const job = (scheduler: Scheduler, id: string, pids: readonly number[] = [], cgroup = `/slurm/uid_1000/job_${id}`): Job => ({
  scheduler,
  id,
  user: 'alice',
  cgroups: ['memory', 'devices'].map((controller) => ({ controller, path: `/sys/fs/cgroup/${controller}${cgroup}` })),
  pids: () => pids,
});

/** Rounds of a node: its files, its cards, its jobs. */
async function node(files: Readonly<Record<string, string>>, cards: readonly BoardGpu[]) {
  const machine: MadeMachine = madeMachine({
    '/proc/sys/kernel/hostname': 'dahu33\n',
    '/etc/passwd': 'bob:x:1001:1001::/:/bin/sh\n',
    ...files,
  });
  const gpus = openGpuBoard();
  const state = { now: 1_000_000, jobs: [] as readonly Job[], cards, processes: [] as readonly BoardProcess[] };
  let environ: Environ | undefined;
  const kind = defineSampler({
    name: 'job',
    summary: 'Jobs.',
    metrics: { ...jobGpuMetrics, ...gpuJobMetrics },
    options: {},
    open(context) {
      environ = openEnviron(context.host);
      const jobGpus = openJobGpus(context, environ);
      return { sample: () => jobGpus.update(state.jobs, state.now), close: () => jobGpus.close() };
    },
  });
  const watched = await watch(kind, machine.root, { gpus, now: () => state.now });
  return {
    machine,
    /** A round 5 s after the last, of these jobs and processes; its values by name and, behind it, `job/gpu/uuid` where it has them. */
    round: async (jobs: readonly Job[], processes: readonly BoardProcess[] = [], { on = cards }: { on?: readonly BoardGpu[] } = {}) => {
      Object.assign(state, { now: state.now + 5000, jobs });
      gpus.publish('test', on, processes, state.now);
      // What it asks of environments is there with the next reading.
      await watched.round();
      await environ?.settled();
      const values: Record<string, number> = {};
      for (const [key, value] of Object.entries(await watched.round())) {
        const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(key)?.[1] ?? '';
        const [name = ''] = key.split('{');
        values[[name, ...(name.startsWith('job') ? [label('job_id'), label('user')] : []), label('gpu'), label('uuid')].join(' ')] = value;
      }
      return values;
    },
  };
}

/** What was given in a round: `JOB GPU UUID`. */
const givenIn = (values: Readonly<Record<string, number>>): readonly string[] =>
  Object.keys(values)
    .filter((key) => key.startsWith('job_gpu_allocated '))
    .map((key) => key.replace(/^job_gpu_allocated (\S+) \S+/, '$1'))
    .sort();

const environ = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');

// As job_resource_manager_cgroups.pl of OAR 2.5.9 writes it; the order of the properties is the hash's.
const resource = (host: string, gpudevice?: string): string =>
  ` cpuset = '0' ,${gpudevice === undefined ? '' : ` gpudevice = '${gpudevice}' ,`} host = '${host}' , network_address = '${host}' , type = 'default' \n`;

const TWO = [card('0', 1), card('1', 0)];

test.each([
  ['the device of its resource', [resource('dahu33', '0')], ['7 1 GPU-1a']],
  ['each device once', [resource('dahu33', '0'), resource('dahu33', '0'), resource('dahu33', '1')], ['7 0 GPU-0a', '7 1 GPU-1a']],
  ['none of another node', [resource('dahu34', '0'), resource('dahu33', '1')], ['7 0 GPU-0a']],
  ['none for a resource without a device', [resource('dahu33', '')], []],
])('an OAR job is given %s, whatever its environment says', async (_, rows, expected) => {
  const files = { '/var/lib/oar/7_resources': rows.join(''), '/proc/70/environ': environ({ CUDA_VISIBLE_DEVICES: '3' }) };
  const { round } = await node(files, TWO);
  const values = await round([job('oar', '7', [70])]);
  expect(givenIn(values)).toEqual(expected);
  expect(values['gpu_jobs 1 GPU-1a']).toBe(expected.includes('7 1 GPU-1a') ? 1 : 0);
});

test('OAR with its own runtime folder and full host names is understood', async () => {
  const files = { '/tmp/oar_runtime/7_resources': resource('dahu33.grenoble.example', '0') };
  const { round } = await node(files, [card('0', undefined)]);
  expect(givenIn(await round([job('oar', '7')]))).toEqual(['7 0 GPU-0a']);
});

test('a cluster whose OAR resources have no gpudevice says nothing of GPUs, not that they are free', async () => {
  const { round } = await node({ '/var/lib/oar/7_resources': resource('dahu33') }, TWO);
  const values = await round([job('oar', '7')]);
  expect(Object.keys(values)).toEqual([]);
});

test('files of a prolog tell GPUs by UUID, index or instance, of jobs without a process too, until the epilog removes them', async () => {
  const mig = [card('0', 0), card('0:1', undefined, 'GPU-0a'), card('1', 1)];
  const { round, machine } = await node({ '/run/gpustat/MIG-0-1a': '12 1000\n', '/run/gpustat/1': '13 1001' }, mig);
  const values = await round([job('slurm', '12')]);
  expect(values).toEqual({
    'job_gpu_allocated 12 alice 0:1 MIG-0-1a': 1,
    'job_gpu_allocated 13 bob 1 GPU-1a': 1,
    'gpu_jobs 0 GPU-0a': 1,
    'gpu_jobs 0:1 MIG-0-1a': 1,
    'gpu_jobs 1 GPU-1a': 1,
  });
  machine.remove('/run/gpustat/1');
  const after = await round([job('slurm', '12'), job('slurm', '13')]);
  expect(givenIn(after)).toEqual(['12 0:1 MIG-0-1a']);
  // Job 13 may have been given one in a way that is not to be seen: nothing says that GPU 1 is free.
  expect(after['gpu_jobs 1 GPU-1a']).toBeUndefined();
  expect((await round([job('slurm', '12')]))['gpu_jobs 1 GPU-1a']).toBe(0);
});

test('files of a prolog are believed before the environment of processes', async () => {
  const files = { '/run/gpustat/GPU-0a': '12 1000', '/proc/70/environ': environ({ SLURM_JOB_ID: '12', SLURM_JOB_GPUS: '0,1' }) };
  const { round } = await node(files, TWO);
  expect(givenIn(await round([job('slurm', '12', [70])]))).toEqual(['12 0 GPU-0a']);
});

test.each([
  ['allows two of them', 'c 1:3 rwm\nc 195:0 rwm\nc 195:1 rw\nc 195:255 rwm\n', ['5 0 GPU-0a', '5 1 GPU-1a']],
  ['denies some, which the kernel does not list', 'a *:* rwm\n', []],
  ['allows all of them', 'c 195:* rwm\n', []],
  ['speaks of none', 'c 1:3 rwm\n', []],
])('a device cgroup that %s', async (_, list, expected) => {
  const { round } = await node({ '/sys/fs/cgroup/devices/slurm/uid_1000/job_5/devices.list': list }, TWO);
  const values = await round([job('slurm', '5')]);
  expect(givenIn(values)).toEqual(expected);
  expect('gpu_jobs 0 GPU-0a' in values).toBe(expected.length > 0);
});

const SLURM = { SLURM_JOB_ID: '5', SLURM_JOB_NUM_NODES: '1' };
const ELSEWHERE = { SLURM_JOB_ID: '5', SLURM_JOB_NUM_NODES: '2', SLURM_STEP_ID: '0', SLURM_JOB_GPUS: '0' };

test.each<[string, Scheduler, Readonly<Record<string, string>>, readonly string[] | undefined]>([
  ['Slurm, by number of the device file', 'slurm', { ...SLURM, SLURM_JOB_GPUS: '1', CUDA_VISIBLE_DEVICES: '0' }, ['5 0 GPU-0a']],
  ['Slurm, a range', 'slurm', { ...SLURM, SLURM_JOB_GPUS: '0-1' }, ['5 0 GPU-0a', '5 1 GPU-1a']],
  ['Slurm, a step of salloc', 'slurm', { ...SLURM, SLURM_STEP_GPUS: '0' }, ['5 1 GPU-1a']],
  ['Slurm, a second node, whose step has its own', 'slurm', { ...ELSEWHERE, SLURM_STEP_GPUS: '1' }, ['5 0 GPU-0a']],
  ['Slurm, a second node without', 'slurm', ELSEWHERE, undefined],
  ['Slurm, a job without GPUs', 'slurm', SLURM, []],
  ['Slurm, numbers of a device cgroup alone', 'slurm', { ...SLURM, CUDA_VISIBLE_DEVICES: '0', SLURM_GPUS_ON_NODE: '1' }, undefined],
  ['a process that is not of Slurm', 'slurm', { CUDA_VISIBLE_DEVICES: '0' }, undefined],
  ['PBS, UUIDs', 'pbs', { PBS_JOBID: '5', CUDA_VISIBLE_DEVICES: 'GPU-1a' }, ['5 1 GPU-1a']],
  ['PBS, the beginning of a UUID', 'pbs', { PBS_JOBID: '5', CUDA_VISIBLE_DEVICES: 'GPU-1' }, ['5 1 GPU-1a']],
  ['PBS, indices', 'pbs', { PBS_JOBID: '5', CUDA_VISIBLE_DEVICES: '0' }, ['5 0 GPU-0a']],
  ['PBS, a job without GPUs', 'pbs', { PBS_JOBID: '5' }, []],
  ['a pod', 'kubernetes', { NVIDIA_VISIBLE_DEVICES: 'GPU-0a,GPU-1a' }, ['5 0 GPU-0a', '5 1 GPU-1a']],
  ['a pod without GPUs', 'kubernetes', { NVIDIA_VISIBLE_DEVICES: 'void' }, []],
  ['a pod of a CUDA image', 'kubernetes', { NVIDIA_VISIBLE_DEVICES: 'all' }, undefined],
])('the environment of processes: %s', async (_, scheduler, variables, expected) => {
  const { round } = await node({ '/proc/70/environ': environ(variables) }, TWO);
  const values = await round([job(scheduler, '5', [69, 70])]);
  expect(givenIn(values)).toEqual(expected ?? []);
  // That a GPU is free is said only where it is known of every job.
  expect(Object.keys(values).filter((key) => key.startsWith('gpu_jobs'))).toHaveLength(expected === undefined ? 0 : 2);
});

test('a GPU that is not on the board has no UUID of another', async () => {
  const { round } = await node({ '/proc/70/environ': environ({ ...SLURM, SLURM_JOB_GPUS: '4' }) }, TWO);
  expect(givenIn(await round([job('slurm', '5', [70])]))).toEqual(['5 4 ']);
});

test('without any card on the board what was given is told after ten seconds, in which one might have come', async () => {
  const { round } = await node({ '/proc/70/environ': environ({ ...SLURM, SLURM_JOB_GPUS: '0' }) }, []);
  const jobs = [job('slurm', '5', [70])];
  expect(await round(jobs)).toEqual({});
  expect(await round(jobs)).toEqual({});
  expect(await round(jobs)).toEqual({ 'job_gpu_allocated 5 alice 0 ': 1 });
});

test('a card keeps its name while the driver hangs, and nothing is said of what it does', async () => {
  const { round } = await node({ '/proc/70/environ': environ({ ...SLURM, SLURM_JOB_GPUS: '0' }) }, TWO);
  const jobs = [job('slurm', '5', [70])];
  await round(jobs);
  expect(await round(jobs, [], { on: [] })).toEqual({ 'job_gpu_allocated 5 alice 1 GPU-1a': 1 });
});

const stat = (pid: number, start: number): string => `${pid} (a ) b) S ${Array.from({ length: 18 }, () => '0').join(' ')} ${start} 0\n`;
const on = (uuid: string, pid: number, memoryBytes: number): BoardProcess => ({ uuid, pid, memoryBytes });
const within = (path: string): string => `5:devices:/\n4:memory:${path}\n0::/\n`;

test('processes on GPUs are their job’s, by cgroup; those of no job are told apart', async () => {
  const { round, machine } = await node(
    {
      '/run/gpustat/0': '5 1000',
      '/run/gpustat/1': '5 1000',
      '/proc/70/stat': stat(70, 1000),
      '/proc/70/cgroup': within('/slurm/uid_1000/job_5/step_0/task_0'),
      '/proc/71/stat': stat(71, 1000),
      '/proc/71/cgroup': within('/../../slurm/uid_1000/job_5/step_1'),
      '/proc/80/stat': stat(80, 1000),
      '/proc/80/cgroup': within('/slurm/uid_1000/job_55/step_0'),
    },
    TWO,
  );
  const processes = [on('GPU-0a', 70, 100), on('GPU-0a', 71, 200), on('GPU-0a', 80, 7)];
  const jobs = [job('slurm', '5')];
  // A process may be of a job that has not been looked for yet.
  expect(await round(jobs, processes)).toMatchObject({ 'gpu_orphan_processes 0 GPU-0a': 0 });
  await round(jobs, processes);
  expect(await round(jobs, processes)).toEqual({
    'job_gpu_allocated 5 alice 0 GPU-0a': 1,
    'job_gpu_processes 5 alice 0 GPU-0a': 2,
    'job_gpu_memory_used_bytes 5 alice 0 GPU-0a': 300,
    'gpu_jobs 0 GPU-0a': 1,
    'gpu_orphan_processes 0 GPU-0a': 1,
    'job_gpu_allocated 5 alice 1 GPU-1a': 1,
    'job_gpu_processes 5 alice 1 GPU-1a': 0,
    'job_gpu_memory_used_bytes 5 alice 1 GPU-1a': 0,
    'gpu_jobs 1 GPU-1a': 1,
    'gpu_orphan_processes 1 GPU-1a': 0,
  });

  // The pid is used again by a process of no job; memory that the driver does not tell is a gap.
  machine.write('/proc/70/stat', stat(70, 2000));
  machine.write('/proc/70/cgroup', within('/user.slice'));
  const again = await round(jobs, [on('GPU-0a', 70, 100), on('GPU-0a', 71, Number.NaN)]);
  expect(again['job_gpu_processes 5 alice 0 GPU-0a']).toBe(1);
  expect(again['job_gpu_memory_used_bytes 5 alice 0 GPU-0a']).toBeUndefined();

  // A process that is not to be seen may be anybody's.
  const unseen = await round(jobs, [on('GPU-1a', 4242, 1)]);
  expect(unseen['job_gpu_processes 5 alice 1 GPU-1a']).toBeUndefined();
  expect(unseen['job_gpu_processes 5 alice 0 GPU-0a']).toBe(0);
});

test('a driver that lists no processes makes no zeros, and a node without a resource manager no free GPUs', async () => {
  const { round } = await node({}, TWO);
  expect(await round([])).toEqual({});
});
