import { expect, test } from 'vitest';
import { madeJobFiles, madeProcess, V1_MOUNTS } from '../../../test/machines/made-jobs.ts';
import type { Files, ProcessUse } from '../../../test/machines/made-jobs.ts';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import job from './index.ts';

const ALL = ['cpu,cpuacct', 'cpuset', 'memory', 'freezer', 'blkio'];
const PASSWD: Files = { '/etc/passwd': 'ada:x:1000:1000::/home/ada:/bin/sh\n' };

const short = (key: string): string => key.replace(/job_id="[^"]*",user="[^"]*",scheduler="[^"]*",?/, '').replace('{}', '');

async function observed(files: Files) {
  const machine = madeMachine({ ...V1_MOUNTS, ...PASSWD, ...files });
  let now = 1_750_000_000_000;
  const watched = await watch(job, machine.root, { now: () => now, period: 5000 });
  return {
    machine,
    after: async (seconds: number) => {
      now += seconds * 1000;
      const values = await watched.round();
      return Object.fromEntries(Object.entries(values).map(([key, value]) => [short(key), value]));
    },
    labels: async () => Object.keys(await watched.round()),
    write: (written: Files): void => {
      for (const [path, text] of Object.entries(written)) machine.write(path, text);
    },
  };
}

test.each([
  ['Slurm', '/slurm/uid_1000/job_4', 'job_id="4",user="ada",scheduler="slurm"'],
  ['Slurm with the node in its name', '/slurm_n1/uid_1000/job_4', 'job_id="4",user="ada",scheduler="slurm"'],
  ['OAR 2', '/oar/jean_luc_77', 'job_id="77",user="jean_luc",scheduler="oar"'],
  ['PBS', '/pbs_jobs.service/jobid/12.server', 'job_id="12.server",user="ada",scheduler="pbs"'],
])('in cgroup v1 a job of %s is found, with its id and user', async (_, path, labels) => {
  const { labels: keys } = await observed({ ...madeJobFiles(path, ALL, [40]), ...madeProcess(40) });
  expect(await keys()).toContain(`job_cpu_seconds_total{${labels}}`);
});

test('the controllers of a job tell CPU, memory, limits and requests; bytes of I/O are those of its processes', async () => {
  const { after } = await observed({
    ...madeJobFiles('/slurm/uid_1000/job_4', ALL, [40]),
    ...madeJobFiles('/slurm/uid_1000/job_4/step_0', ['freezer', 'memory'], [41]),
    ...madeProcess(40, { written: 100, started: 10, userTicks: 9 }),
    ...madeProcess(41, { written: 50, parent: 40 }),
  });
  const values = await after(0);
  expect(values).toMatchObject({
    job_cpus: 1.5,
    job_cpu_seconds_total: 7.5,
    job_cpu_user_seconds_total: 6,
    job_cpu_throttled_seconds_total: 1.5,
    job_memory_current_bytes: 90_000,
    job_memory_used_bytes: 60_000,
    job_memory_cache_bytes: 20_000,
    job_memory_max_bytes: 95_000,
    'job_page_faults_total{kind="minor"}': 50,
    job_io_write_bytes_total: 150,
    job_io_writes_total: 2,
    job_processes: 2,
    // Two where the job is, two in its step, which are not counted there.
    job_oom_kills_total: 4,
  });
  expect(values).not.toHaveProperty('job_memory_limit_bytes');
});

test('what another has left in one hierarchy hides no job in the next', async () => {
  const { labels } = await observed({
    ...madeJobFiles('/slurm_old/uid_1000/job_3', ['freezer']),
    ...madeJobFiles('/slurm_n1/uid_1000/job_4', ['cpuset', 'cpu,cpuacct'], [40]),
    ...madeProcess(40),
  });
  expect(await labels()).toContain('job_cpu_seconds_total{job_id="4",user="ada",scheduler="slurm"}');
});

test('kills for memory stay counted when their step has gone', async () => {
  const step = '/slurm/uid_1000/job_4/step_0';
  const { machine, after } = await observed({
    ...madeJobFiles('/slurm/uid_1000/job_4', ALL, [40]),
    ...madeJobFiles(step, ['freezer', 'memory'], []),
    ...madeProcess(40),
  });
  expect(await after(0)).toMatchObject({ job_oom_kills_total: 4 });
  for (const hierarchy of ['freezer', 'memory']) machine.remove(`/sys/fs/cgroup/${hierarchy}${step}`);
  expect(await after(10)).toMatchObject({ job_oom_kills_total: 4 });
});

test('where processes may not be read, bytes of I/O are those of blkio', async () => {
  const { machine, after } = await observed({ ...madeJobFiles('/oar/ada_1', ALL, [40]), ...madeProcess(40) });
  machine.remove('/proc/40/io');
  expect(await after(0)).toMatchObject({ job_io_read_bytes_total: 4096, job_io_write_bytes_total: 8192 });
});

test('without the controllers of CPU and memory the processes tell, every round', async () => {
  const { after, write } = await observed({
    ...madeJobFiles('/oar/ada_1', ['cpuset', 'freezer'], [40]),
    ...madeProcess(40, { userTicks: 100, anonKib: 10 }),
  });
  expect(await after(0)).toMatchObject({
    job_cpus: 3,
    job_cpu_seconds_total: 1,
    job_memory_used_bytes: 14 * 1024,
    job_memory_max_bytes: 14 * 1024,
  });
  write(madeProcess(40, { userTicks: 300, anonKib: 6 }));
  expect(await after(5)).toMatchObject({ job_cpu_seconds_total: 3, job_memory_used_bytes: 10 * 1024, job_memory_max_bytes: 14 * 1024 });
});

const STEPS: readonly {
  what: string;
  before: Record<number, ProcessUse>;
  next: Record<number, ProcessUse>;
  ticks: number;
  written: number;
}[] = [
  {
    what: 'one that its parent waited for is counted there',
    before: { 40: { userTicks: 10, written: 1 }, 41: { parent: 40, userTicks: 100, written: 10 } },
    next: { 40: { userTicks: 115, written: 11 } },
    ticks: 115,
    written: 11,
  },
  {
    what: 'one whose parent is of no job stays counted as it was',
    before: { 40: { userTicks: 10, written: 1 }, 41: { parent: 1, userTicks: 100, written: 10 } },
    next: { 40: { userTicks: 11, written: 1 } },
    ticks: 111,
    written: 11,
  },
  {
    what: 'parent and child that go together stay counted both',
    before: { 40: { userTicks: 10, written: 1 }, 41: { parent: 40, userTicks: 100, written: 10 }, 42: { userTicks: 1 } },
    next: { 42: { userTicks: 2 } },
    ticks: 112,
    written: 11,
  },
  {
    what: 'another with the same pid begins anew',
    before: { 40: { userTicks: 500, written: 900, started: 10 } },
    next: { 40: { userTicks: 3, written: 5, started: 99 } },
    ticks: 503,
    written: 905,
  },
  {
    what: 'all gone, everything stays',
    before: { 40: { userTicks: 500, written: 900 } },
    next: {},
    ticks: 500,
    written: 900,
  },
];

const made = (processes: Record<number, ProcessUse>): Files => ({
  ...madeJobFiles('/oar/ada_1', ['cpuset', 'freezer'], Object.keys(processes).map(Number)),
  ...Object.assign({}, ...Object.entries(processes).map(([pid, use]) => madeProcess(Number(pid), use))),
});

test.each(STEPS)('counters never go back when processes end: $what', async ({ before, next, ticks, written }) => {
  const { machine, after, write } = await observed(made(before));
  await after(0);
  for (const pid of Object.keys(before)) if (!(pid in next)) machine.remove(`/proc/${pid}`);
  write(made(next));
  await after(10);
  const values = await after(10);
  expect(values['job_cpu_seconds_total']).toBeCloseTo(ticks / 100);
  expect(values['job_io_write_bytes_total']).toBe(written);
});

test('context switches and delays are those of all threads, ended ones too', async () => {
  const { machine, after } = await observed({
    ...madeJobFiles('/oar/ada_1', ['cpuset', 'freezer'], [40]),
    ...madeProcess(40, { threads: 2, voluntary: 5, runDelaySeconds: 1 }),
    ...madeProcess(40, { threads: 2, voluntary: 5, runDelaySeconds: 1 }, '/proc/40/task/40'),
    ...madeProcess(41, { threads: 2, voluntary: 20, runDelaySeconds: 2 }, '/proc/40/task/41'),
  });
  const expected = { 'job_context_switches_total{kind="voluntary"}': 25, 'job_delay_seconds_total{kind="cpu"}': 3 };
  expect(await after(0)).toMatchObject({ ...expected, job_threads: 2 });
  machine.remove('/proc/40/task/41');
  expect(await after(10)).toMatchObject(expected);
});

test('delays that the kernel does not keep are absent, not 0', async () => {
  const { after } = await observed({
    ...madeJobFiles('/oar/ada_1', ['cpuset', 'freezer'], [40]),
    ...madeProcess(40),
    '/proc/40/schedstat': '0 0 0\n',
    '/proc/sys/kernel/task_delayacct': '0\n',
  });
  const keys = Object.keys(await after(0));
  expect(keys.filter((key) => key.startsWith('job_delay'))).toEqual([]);
  expect(keys).toContain('job_context_switches_total{kind="voluntary"}');
});
