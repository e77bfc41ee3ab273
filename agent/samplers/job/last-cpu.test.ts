import { renameSync, watch as watchFolder } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { madeJobFiles, madeProcess, unifiedJob, V1_MOUNTS, V2_MOUNTS } from '../../../test/machines/made-jobs.ts';
import type { Files } from '../../../test/machines/made-jobs.ts';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import type { MadeMachine } from '../../../test/machines/made-machine.ts';
import job from './index.ts';

const SCOPE = '/sys/fs/cgroup/system.slice/slurmstepd.scope';
const CPUACCT = '/sys/fs/cgroup/cpu,cpuacct';

const stat = (seconds: number): string => `usage_usec ${seconds * 1e6}\nuser_usec ${seconds * 1e6}\nsystem_usec 0\n`;

/** Directories of v2 by path below the scope, and what they have counted. */
function counted(seconds: Readonly<Record<string, number>>): Files {
  return Object.fromEntries(Object.entries(seconds).map(([path, used]) => [`${SCOPE}${path}/cpu.stat`, stat(used)]));
}

/** The scope of Slurm, which has nothing but directories, with jobs of v2; each may have five CPUs. */
function scopeOf(ids: readonly number[], seconds: Readonly<Record<string, number>>): Files {
  const jobs = ids.map((id) => unifiedJob(`/system.slice/slurmstepd.scope/job_${id}`, { pids: [40] }));
  return { ...V2_MOUNTS, ...Object.assign({}, ...jobs), ...madeProcess(40), [`${SCOPE}/cgroup.procs`]: '', ...counted(seconds) };
}

/** A made machine, of which the test says what happens between two rounds that are five seconds apart. */
async function observed(files: Files, config: unknown = {}) {
  const machine = madeMachine({ '/etc/passwd': 'ada:x:1000:1000::/home/ada:/bin/sh\n', ...files });
  let now = 1_750_000_000_000;
  const watched = await watch(job, machine.root, { config, now: () => now, period: 5000 });
  const cpu = async (): Promise<Record<string, number>> => {
    const values = Object.entries(await watched.round()).map(([key, value]) => {
      const [, id] = /^job_cpu_seconds_total\{job_id="([^"]*)"/.exec(key) ?? [];
      return id === undefined ? [] : [[id, Math.round(value * 1e6) / 1e6] as const];
    });
    return Object.fromEntries(values.flat());
  };
  const later = (written: Files, gone: readonly string[] = []): void => {
    now += 5000;
    for (const [path, text] of Object.entries(written)) machine.write(path, text);
    for (const path of gone) machine.remove(path);
  };
  return {
    machine,
    cpu,
    later,
    /** CPU seconds by job after these files were written and these directories have gone, all at once. */
    next: (written: Files, gone: readonly string[] = []): Promise<Record<string, number>> => {
      later(written, gone);
      return cpu();
    },
  };
}

test('what a job used after its last reading is in its last value', async () => {
  const { cpu, next } = await observed(scopeOf([1], { '': 104, '/job_1': 4 }));
  expect(await cpu()).toEqual({ 1: 4 });
  expect(await next(counted({ '': 109, '/job_1': 9 }))).toEqual({ 1: 9 });
  expect(await next(counted({ '': 112.5 }), [`${SCOPE}/job_1`])).toEqual({ 1: 12.5 });
  expect(await next({})).toEqual({});
});

test('what goes on beside it, jobs, jobs beyond the limit and what is no job, is not counted for it', async () => {
  const others = { '/job_3': 70, '/system': 7 };
  const files = scopeOf([1, 2, 3], { '': 200, '/job_1': 4, '/job_2': 50, ...others });
  const { cpu, next } = await observed(files, { max_jobs: 2 });
  expect(await cpu()).toEqual({ 1: 4, 2: 50 });
  const last = await next(
    { ...counted({ '': 200 + 3 + 10 + 5 + 1 + 2, '/job_2': 60, '/job_3': 75, '/system': 8 }), ...counted({ '/new': 2 }) },
    [`${SCOPE}/job_1`],
  );
  expect(last).toEqual({ 1: 7, 2: 60, 3: 75 });
});

test.each([
  { what: 'in proportion to their rates', gained: 8, shares: [2, 6] },
  { what: 'none more than its CPUs could do, what is left to the other', gained: 45, shares: [20, 25] },
  { what: 'nobody more than its CPUs could do', gained: 90, shares: [25, 25] },
])('what several used that ended between two readings is split: $what', async ({ gained, shares: [first = 0, second = 0] }) => {
  const { cpu, next } = await observed(scopeOf([1, 2, 3], { '': 100, '/job_1': 0, '/job_2': 0, '/job_3': 0 }));
  await cpu();
  await next(counted({ '': 125, '/job_1': 5, '/job_2': 15, '/job_3': 5 }));
  const last = await next(counted({ '': 125 + gained + 1, '/job_3': 6 }), [`${SCOPE}/job_1`, `${SCOPE}/job_2`]);
  expect(last).toEqual({ 1: 5 + first, 2: 15 + second, 3: 6 });
});

test('what one used that ended earlier between two readings, of which the kernel told, is not split', async () => {
  const { cpu, machine, next, later } = await observed(scopeOf([1, 2], { '': 100, '/job_1': 4, '/job_2': 4 }));
  await cpu();
  await next(counted({ '': 110, '/job_1': 9, '/job_2': 9 }));
  const told = toldOf(`${machine.root}${SCOPE}`, 'job_1');
  later(counted({ '': 113, '/job_2': 10 }));
  moveOut(machine, 'job_1');
  await told;
  expect(await next(counted({ '': 117 }), [`${SCOPE}/job_2`])).toEqual({ 1: 11, 2: 14 });
});

const MANY = Array.from({ length: 17 }, (_, at) => [`/other_${at}`, 1] as const);
const REASONS: readonly { what: string; before?: Files; written: Files; gone?: readonly string[] }[] = [
  { what: 'the directory above it has gone, too', written: {}, gone: [SCOPE] },
  { what: 'the counter above it went back', written: counted({ '': 50 }) },
  { what: 'the counter above it cannot be read', written: { [`${SCOPE}/cpu.stat`]: 'garbage\n' } },
  { what: 'a counter beside it went back', written: counted({ '': 120, '/system': 1 }) },
  { what: 'those beside it gained as much as all', written: counted({ '': 110, '/system': 17 }) },
  { what: 'what was beside it has gone', written: counted({ '': 120 }), gone: [`${SCOPE}/system`] },
  { what: 'processes are in the directory above it', written: { ...counted({ '': 120 }), [`${SCOPE}/cgroup.procs`]: '77\n' } },
  { what: 'processes were in the directory above it', before: { [`${SCOPE}/cgroup.procs`]: '77\n' }, written: counted({ '': 120 }) },
  {
    what: 'more is beside it than is read',
    before: counted(Object.fromEntries(MANY)),
    written: counted({ '': 120 }),
  },
  { what: 'more has come beside it than is read', written: counted({ '': 140, ...Object.fromEntries(MANY) }) },
];

test.each(REASONS)('a job keeps its last reading where $what', async ({ before = {}, written, gone = [] }) => {
  const { cpu, next, machine } = await observed({ ...scopeOf([1], { '': 104, '/job_1': 4, '/system': 7 }), ...before });
  await cpu();
  if (`${SCOPE}/cgroup.procs` in before) machine.write(`${SCOPE}/cgroup.procs`, '');
  expect(await next(written, [...(gone.includes(SCOPE) ? [] : [`${SCOPE}/job_1`]), ...gone])).toEqual({ 1: 4 });
});

test('a directory of the machine, which services share, tells nothing', async () => {
  const slice = (seconds: number): Files => ({ [`${SCOPE}/../cpu.stat`]: stat(seconds), [`${SCOPE}/../cgroup.procs`]: '' });
  const { cpu, next } = await observed({ ...scopeOf([1], { '': 104, '/job_1': 4 }), ...slice(200) });
  await cpu();
  expect(await next(slice(203), [SCOPE])).toEqual({ 1: 4 });
});

test('a job keeps its last reading where another has come and gone unseen', async () => {
  const { cpu, next, machine, later } = await observed(scopeOf([1], { '': 104, '/job_1': 4 }));
  await cpu();
  machine.write('/elsewhere/cpu.stat', stat(9));
  await next(counted({ '': 105, '/job_1': 5 }));
  const told = toldOf(`${machine.root}${SCOPE}`, 'job_9');
  // The kernel tells of both, the job's end first, before anybody can look.
  later(counted({ '': 120 }));
  moveOut(machine, 'job_1');
  renameSync(`${machine.root}/elsewhere`, `${machine.root}${SCOPE}/job_9`);
  renameSync(`${machine.root}${SCOPE}/job_9`, `${machine.root}/elsewhere`);
  await told;
  expect(await next({})).toEqual({ 1: 5 });
});

// The files of one that is removed could still be read, which those of a cgroup cannot.
function moveOut({ root }: MadeMachine, name: string): void {
  renameSync(`${root}${SCOPE}/${name}`, `${root}/${name}`);
}

/** Resolves when the kernel has told everybody, and everybody has looked, that a name has come to a directory. */
async function toldOf(folder: string, awaited: string): Promise<void> {
  const watcher = watchFolder(folder);
  onTestFinished(() => watcher.close());
  await new Promise<void>((resolve) => watcher.on('change', (_, name) => name === awaited && resolve()));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

const v1 = (path: string, nanoseconds: number): Files => ({
  [`${CPUACCT}${path}/cpuacct.usage`]: `${nanoseconds * 1e9}\n`,
  [`${CPUACCT}${path}/cgroup.procs`]: '',
});
const v1Job = (path: string): Files => madeJobFiles(path, ['cpu,cpuacct', 'freezer', 'cpuset'], [40]);
const both = (path: string): readonly string[] => ['cpu,cpuacct', 'freezer', 'cpuset'].map((name) => `/sys/fs/cgroup/${name}${path}`);

test('in cgroup v1 the directory of the user tells, and when it has gone with the last job, that of the scheduler', async () => {
  const { cpu, next } = await observed({
    ...V1_MOUNTS,
    ...madeProcess(40),
    ...v1Job('/slurm/uid_1000/job_1'),
    ...v1Job('/slurm/uid_1000/job_2'),
    ...v1Job('/slurm/uid_0/job_3'),
    ...v1('/slurm', 1000),
    ...v1('/slurm/uid_1000', 100),
    ...v1('/slurm/uid_0', 10),
  });
  expect(await cpu()).toEqual({ 1: 7.5, 2: 7.5, 3: 7.5 });
  const first = await next({ ...v1('/slurm', 1003), ...v1('/slurm/uid_1000', 102) }, both('/slurm/uid_1000/job_1'));
  expect(first).toEqual({ 1: 9.5, 2: 7.5, 3: 7.5 });
  const second = await next({ ...v1('/slurm', 1008), ...v1('/slurm/uid_0', 12) }, both('/slurm/uid_1000'));
  expect(second).toEqual({ 2: 10.5, 3: 7.5 });
});

test('in cgroup v1 a job is counted from the round on that finds the directory that counts it', async () => {
  const above = { ...v1('/slurm', 1000), ...v1('/slurm/uid_1000', 100) };
  const young = madeJobFiles('/slurm/uid_1000/job_1', ['freezer'], [40]);
  const { cpu, next } = await observed({ ...V1_MOUNTS, ...madeProcess(40), ...above, ...young });
  await cpu();
  await next(v1Job('/slurm/uid_1000/job_1'));
  expect(await next(v1('/slurm/uid_1000', 102), both('/slurm/uid_1000/job_1'))).toEqual({ 1: 9.5 });
});

test('in cgroup v1 a directory that goes later than the others of its job takes nothing from the next', async () => {
  const { cpu, next } = await observed({
    ...V1_MOUNTS,
    ...madeProcess(40),
    ...['/oar/ada_1', '/oar/ada_2', '/oar/ada_3'].map(v1Job).reduce((all, files) => ({ ...all, ...files })),
    ...v1('/oar', 100),
  });
  await cpu();
  const last = await next({ ...v1('/oar', 102), [`${CPUACCT}/oar/ada_1/cpuacct.usage`]: '9500000000\n' }, both('/oar/ada_1').slice(1));
  expect(last).toMatchObject({ 1: 9.5, 2: 7.5 });
  expect(await next(v1('/oar', 103), [...both('/oar/ada_2'), ...both('/oar/ada_1').slice(0, 1)])).toEqual({ 2: 8.5, 3: 7.5 });
});
