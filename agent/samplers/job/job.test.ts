import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeProcess, unifiedJob, V2_MOUNTS } from '../../../test/machines/made-jobs.ts';
import type { Files } from '../../../test/machines/made-jobs.ts';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import type { MadeMachine } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import job from './index.ts';

const PASSWD: Files = { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home/ada:/bin/sh\n' };
const SCOPE = '/system.slice/slurmstepd.scope';
const BOOT: Files = { '/proc/stat': 'cpu  1 2 3\nbtime 1700000000\n' };

const writeAll = (machine: MadeMachine, files: Files): void => {
  for (const [path, text] of Object.entries(files)) machine.write(path, text);
};

/** A made machine whose sampler is read at times that the test chooses. */
async function observed(files: Files, config: unknown = {}) {
  const machine = madeMachine({ ...PASSWD, ...BOOT, ...files });
  let now = 1_750_000_000_000;
  const watched = await watch(job, machine.root, { config, now: () => now, period: 5000 });
  return {
    machine,
    /** A round so many seconds later. */
    after: async (seconds: number) => {
      now += seconds * 1000;
      return watched.round();
    },
  };
}

/** Values of a job by name, other labels kept. */
function ofJob(values: Readonly<Record<string, number>>, id: string): Record<string, number> {
  const own = Object.entries(values).filter(([key]) => key.includes(`job_id="${id}"`));
  return Object.fromEntries(
    own.map(([key, value]) => [
      key
        .replace(/(job_id|user|scheduler)="[^"]*",?/g, '')
        .replace('{}', '')
        .replace(',}', '}'),
      value,
    ]),
  );
}

const labelled = (values: Readonly<Record<string, number>>): readonly string[] =>
  [
    ...new Set(
      Object.keys(values).flatMap((key) => {
        const [, id, user = '', scheduler] = /job_id="([^"]*)",user="([^"]*)",scheduler="([^"]*)"/.exec(key) ?? [];
        return id === undefined ? [] : [`${scheduler} ${id} ${user}`];
      }),
    ),
  ].sort();

test.each([
  ['Slurm', '/system.slice/slurmstepd.scope/job_17', 'slurm 17 ada'],
  ['Slurm, several slurmd', '/system.slice/n1_slurmstepd.scope/job_123_4', 'slurm 123_4 ada'],
  ['OAR 3', '/oar.slice/oar-u1000.slice/oar-u1000-j55.slice', 'oar 55 ada'],
  ['OAR 3 of a user without name', '/oar.slice/oar-u777.slice/oar-u777-j56.slice', 'oar 56 777'],
  ['PBS', '/pbs_jobs.service/jobs/1234[5].server', 'pbs 1234[5].server ada'],
  [
    'Kubernetes, systemd driver',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a1b2c3d_0000_1111_2222_0123456789ab.slice',
    'kubernetes 0a1b2c3d-0000-1111-2222-0123456789ab ',
  ],
  [
    'Kubernetes, cgroupfs driver',
    '/kubepods/besteffort/pod0a1b2c3d-0000-1111-2222-0123456789ab',
    'kubernetes 0a1b2c3d-0000-1111-2222-0123456789ab ',
  ],
  ['Kubernetes, a static pod', '/kubepods/pod0a1b2c3d000011112222012345678901', 'kubernetes 0a1b2c3d000011112222012345678901 '],
])('in cgroup v2 a job of %s is found, with its id and user', async (_, path, expected) => {
  const { after } = await observed({ ...V2_MOUNTS, ...unifiedJob(path, { cpuSeconds: 3, pids: [40] }), ...madeProcess(40) });
  const values = await after(0);
  expect(labelled(values)).toEqual([expected]);
  expect(Object.entries(values).find(([key]) => key.startsWith('job_cpu_seconds_total'))?.[1]).toBe(3);
});

test('everything that cgroup v2 and the processes tell of a job is in its first round', async () => {
  const use = { cpuSeconds: 8, anon: 10_000, written: 700, pids: [40] };
  const running = { userTicks: 5, written: 999, anonKib: 6, voluntary: 12, name: 'a) (b\n', runDelaySeconds: 1.5, blockTicks: 25 };
  const { after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob('/system.slice/slurmstepd.scope/job_1', use),
    ...madeProcess(40, running),
  });
  expect(ofJob(await after(0), '1')).toEqual({
    job_start_time_seconds: 1_700_000_050,
    job_cpus: 5,
    job_cpu_seconds_total: 8,
    job_cpu_user_seconds_total: 6,
    job_cpu_system_seconds_total: 2,
    job_cpu_periods_total: 20,
    job_cpu_throttled_periods_total: 4,
    job_cpu_throttled_seconds_total: 2.5,
    job_memory_current_bytes: 15_000,
    job_memory_used_bytes: 11_000,
    job_memory_cache_bytes: 3000,
    job_memory_swap_bytes: 4096,
    job_memory_limit_bytes: 2 ** 30,
    job_memory_max_bytes: 19_000,
    job_memory_resident_bytes: 14 * 1024,
    job_memory_shared_bytes: 4096,
    job_memory_virtual_bytes: 8_192_000,
    job_oom_kills_total: 1,
    'job_page_faults_total{kind="minor"}': 870,
    'job_page_faults_total{kind="major"}': 30,
    job_io_read_bytes_total: 4096,
    job_io_write_bytes_total: 700,
    job_io_reads_total: 1,
    job_io_writes_total: 2,
    job_io_cancelled_write_bytes_total: 64,
    job_io_read_char_bytes_total: 10,
    job_io_write_char_bytes_total: 20,
    job_io_read_calls_total: 3,
    job_io_write_calls_total: 4,
    job_processes: 1,
    job_threads: 1,
    'job_context_switches_total{kind="voluntary"}': 12,
    'job_context_switches_total{kind="involuntary"}': 2,
    'job_delay_seconds_total{kind="cpu"}': 1.5,
    'job_delay_seconds_total{kind="block_io"}': 0.25,
    'job_pressure_seconds_total{resource="cpu",kind="some"}': 4,
    'job_pressure_seconds_total{resource="cpu",kind="full"}': 2,
    'job_pressure_seconds_total{resource="memory",kind="some"}': 2,
    'job_pressure_seconds_total{resource="memory",kind="full"}': 1,
    'job_pressure_seconds_total{resource="io",kind="some"}': 1,
    'job_pressure_seconds_total{resource="io",kind="full"}': 0.5,
  });
});

test('CPU time and memory are read every round, what makes the kernel add up every 10 seconds once the job is as old', async () => {
  const path = '/system.slice/slurmstepd.scope/job_1';
  const { machine, after } = await observed({ ...V2_MOUNTS, ...unifiedJob(path, { pids: [40] }), ...madeProcess(40) });
  await after(0);
  // The scheduler makes the directory before it sets the limits and starts the first process.
  writeAll(machine, { [`/sys/fs/cgroup${path}/memory.max`]: '123456\n' });
  expect(ofJob(await after(5), '1')).toMatchObject({ job_memory_limit_bytes: 123_456 });
  writeAll(machine, unifiedJob(path, { cpuSeconds: 1, anon: 50_000, pids: [40] }));
  const soon = ofJob(await after(5), '1');
  expect(soon).toMatchObject({ job_cpu_seconds_total: 1, job_memory_current_bytes: 55_000 });
  expect(soon).not.toHaveProperty('job_memory_used_bytes');
  expect(ofJob(await after(5), '1')).toMatchObject({ job_memory_used_bytes: 51_000 });
});

test('the last values of a job stand once more when it has ended, and its series end with them', async () => {
  const path = '/system.slice/slurmstepd.scope/job_1';
  const { machine, after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob(path, { cpuSeconds: 4, written: 30, pids: [40] }),
    ...madeProcess(40),
  });
  await after(0);
  writeAll(machine, { [`/sys/fs/cgroup${path}/cpu.stat`]: 'usage_usec 9000000\nuser_usec 9000000\nsystem_usec 0\n' });
  await after(5);
  machine.remove(`/sys/fs/cgroup${path}`);
  const last = ofJob(await after(5), '1');
  expect(last).toMatchObject({ job_cpu_seconds_total: 9, job_io_write_bytes_total: 30, job_end_time_seconds: 1_750_000_010 });
  expect(ofJob(await after(5), '1')).toEqual({});
});

test('a job that comes back under its id is another, from its own beginning', async () => {
  const path = '/system.slice/slurmstepd.scope/job_1';
  const made = (cpuSeconds: number): Files => ({ ...unifiedJob(path, { cpuSeconds, pids: [40] }), ...madeProcess(40) });
  const { machine, after } = await observed({ ...V2_MOUNTS, ...made(100) });
  await after(0);
  machine.remove(`/sys/fs/cgroup${path}`);
  expect(ofJob(await after(5), '1')).toHaveProperty('job_end_time_seconds');
  writeAll(machine, made(1));
  const again = ofJob(await after(5), '1');
  expect(again).toMatchObject({ job_cpu_seconds_total: 1 });
  expect(again).not.toHaveProperty('job_end_time_seconds');
  expect(ofJob(await after(5), '1')).toMatchObject({ job_cpu_seconds_total: 1 });
});

test('a job that comes and goes between two rounds is caught where the kernel tells of it', async () => {
  const { machine, after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob(`${SCOPE}/job_1`, { pids: [40] }),
    ...madeProcess(40),
    ...madeProcess(41),
  });
  await after(0);
  // Complete before it is seen, as the kernel makes it.
  writeAll(machine, unifiedJob('/elsewhere/job_2', { cpuSeconds: 0.5, pids: [41] }));
  renameSync(`${machine.root}/sys/fs/cgroup/elsewhere/job_2`, `${machine.root}/sys/fs/cgroup${SCOPE}/job_2`);
  await expect.poll(async () => ofJob(await after(0), '2')).toMatchObject({ job_cpu_seconds_total: 0.5 });
});

test('names that are no job, empty directories and files are none', async () => {
  const scope = '/sys/fs/cgroup/system.slice/slurmstepd.scope';
  const { after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob('/system.slice/slurmstepd.scope/job_12+1', { pids: [40] }),
    ...madeProcess(40),
    [`${scope}/job_..`]: 'no directory',
    [`${scope}/job_7`]: 'no directory',
    [`${scope}/job_/cgroup.procs`]: '',
    [`${scope}/..job_3/cgroup.procs`]: '',
    [`${scope}/system/cgroup.procs`]: '1\n',
    [`${scope}/job_8/nothing/below`]: '',
    '/sys/fs/cgroup/oar/no-number/cgroup.procs': '',
    '/sys/fs/cgroup/kubepods/podgarbage/cgroup.procs': '',
  });
  await after(0);
  expect(labelled(await after(11))).toEqual(['slurm 12+1 ada']);
});

test('garbage in the files of a job costs the values that it garbles, and no others', async () => {
  const path = '/system.slice/slurmstepd.scope/job_1';
  const at = `/sys/fs/cgroup${path}`;
  const { after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob(path, { cpuSeconds: 2, pids: [40] }),
    ...madeProcess(40),
    [`${at}/memory.current`]: 'much\n',
    [`${at}/memory.stat`]: '\0\0\0anon\nfile x\n',
    [`${at}/io.stat`]: 'a:b rbytes=1\n8:0 rbytes=x wbytes=5\n',
    [`${at}/cpu.pressure`]: 'some total=\n',
    [`${at}/cpuset.cpus.effective`]: '0-\n',
    '/proc/40/stat': '40 (x',
    '/proc/40/status': 'Uid:\n',
  });
  await after(0);
  const values = ofJob(await after(10), '1');
  expect(values).toMatchObject({ job_cpu_seconds_total: 2, job_io_write_bytes_total: 5, job_processes: 1 });
  for (const name of ['job_memory_current_bytes', 'job_memory_used_bytes', 'job_cpus']) expect(values).not.toHaveProperty(name);
});

test('of jobs beyond the limit only the number is told, and one gets in when another ends', async () => {
  const jobs = [1, 2, 3].map((id) => unifiedJob(`${SCOPE}/job_${id}`, { pids: [40] }));
  const { machine, after } = await observed({ ...V2_MOUNTS, ...Object.assign({}, ...jobs), ...madeProcess(40) }, { max_jobs: 2 });
  const first = await after(0);
  expect(first['job_untracked']).toBe(1);
  expect(labelled(first)).toEqual(['slurm 1 ada', 'slurm 2 ada']);
  machine.remove(`/sys/fs/cgroup${SCOPE}/job_1`);
  await after(5);
  const then = await after(5);
  expect(then['job_untracked']).toBe(0);
  expect(labelled(then)).toEqual(['slurm 2 ada', 'slurm 3 ada']);
});

test('a directory named by a SLUID has the job id that its processes know', async () => {
  const path = '/system.slice/slurmstepd.scope/s0123456789ABC';
  const { after } = await observed({
    ...V2_MOUNTS,
    ...unifiedJob(path, { cpuSeconds: 1, pids: [40] }),
    ...madeProcess(40),
    '/proc/40/environ': 'HOME=/\0SLURM_JOB_ID=991\0X=1\0',
  });
  await expect.poll(async () => labelled(await after(0))).toEqual(['slurm 991 ada']);
});

test('where nobody knows the job of a SLUID, nor its user, they stand as they are after 10 seconds', async () => {
  const path = '/system.slice/slurmstepd.scope/s0123456789ABC';
  const { after } = await observed({ ...V2_MOUNTS, ...unifiedJob(path, { pids: [40] }), ...madeProcess(40, { uid: 0 }) });
  expect(labelled(await after(0))).toEqual([]);
  expect(labelled(await after(5))).toEqual([]);
  expect(labelled(await after(5))).toEqual(['slurm s0123456789ABC root']);
});

test('a node without scheduler or without cgroups is parked', async () => {
  await expect(watch(job, madeMachine(V2_MOUNTS).root)).rejects.toThrow(Unavailable);
  await expect(watch(job, madeMachine({ '/proc/mounts': 'proc /proc proc rw 0 0\n' }).root)).rejects.toThrow(Unavailable);
});

test('a scheduler that has no job yet is waited for', async () => {
  const path = '/system.slice/slurmstepd.scope/job_1';
  const { machine, after } = await observed({ ...V2_MOUNTS, '/etc/slurm/slurm.conf': '', '/sys/fs/cgroup/cgroup.procs': '' });
  expect(await after(0)).toEqual({ job_untracked: 0 });
  writeAll(machine, { ...unifiedJob(path, { pids: [40] }), ...madeProcess(40) });
  expect(labelled(await after(5))).toEqual(['slurm 1 ada']);
});
