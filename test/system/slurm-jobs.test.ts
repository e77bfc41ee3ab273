import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needsOwnNode } from '../services/own-node.ts';
import { startSlurm } from '../services/slurm.ts';
import type { Slurm } from '../services/slurm.ts';
import { burn, hold } from './job-scripts.ts';
import { CROSSED, GPU_0, GPU_1, watchNode } from './watched-node.ts';
import type { Sample, WatchedNode } from './watched-node.ts';

const scripts = new URL('../../deploy/slurm/', import.meta.url).pathname;

const onSlurm = needsOwnNode('gcc', 'munged', 'slurmctld', 'slurmd', 'sbatch');

/** The directory of the job that runs this, as its shell finds it. */
const cgroup = (controller: string): string =>
  `/sys/fs/cgroup/${controller}$(sed -nE 's/^[0-9]+:${controller}:(.*\\/job_[0-9]+).*/\\1/p' /proc/self/cgroup)`;

onSlurm('jobs of a real Slurm, read as often as is usual,', () => {
  let slurm: Slurm;
  let watched: WatchedNode;
  beforeAll(async () => {
    slurm = await startSlurm({ gpus: 2 });
    watched = await watchNode(slurm.node, CROSSED, '5s');
  });
  afterAll(async () => {
    await watched?.stop();
    await slurm?.stop();
  });

  const told = (file: string): number => Number(readFileSync(slurm.node.path(`/home/alice/${file}`), 'utf8'));
  const mostOf = async (name: string, id: string): Promise<number> =>
    Math.max(...(await watched.samples(`${name}{job_id="${id}"}`)).map(({ value }) => value));
  const ended = async (id: string): Promise<void> => {
    await expect.poll(() => slurm.state(id), { timeout: 60_000, interval: 200 }).toBe('COMPLETED');
  };
  const lastOf = (name: string, id: string): Promise<Sample> => watched.lastOf(name, `job_id="${id}",user="alice",scheduler="slurm"`);

  it('have the CPU time and the memory that their cgroups tell, the last after their end', { timeout: 120_000 }, async () => {
    const usage = `cat ${cgroup('cpuacct')}/cpuacct.usage`;
    // It burns to its very end, between two readings.
    const burner = await slurm.submit(['-n1', '--mem=200'], `date +%s.%N >begin; ${burn(6)}; ${usage} >cpu`);
    const memory = cgroup('memory');
    const hog = await slurm.submit(
      ['-n1', '--mem=600'],
      `${hold(300, 14)} &
      sleep 12
      awk '/^total_(rss|shmem) / { sum += $2 } END { print sum }' ${memory}/memory.stat >memory
      cat ${memory}/memory.max_usage_in_bytes >most
      wait`,
    );
    await Promise.all([ended(burner), ended(hog)]);

    const cpu = await lastOf('job_cpu_seconds_total', burner);
    const truth = told('cpu') / 1e9;
    expect(truth).toBeGreaterThan(6);
    expect(Math.abs(cpu.value / truth - 1)).toBeLessThan(0.02);
    const end = await lastOf('job_end_time_seconds', burner);
    expect(cpu.at).toBe(end.at);
    expect(end.at).toBeGreaterThan(told('begin') + 6);

    const most = await lastOf('job_memory_max_bytes', hog);
    const used = await mostOf('job_memory_used_bytes', hog);
    expect(Math.abs(used / told('memory') - 1)).toBeLessThan(0.02);
    expect(Math.abs(most.value / told('most') - 1)).toBeLessThan(0.02);
    expect(await lastOf('job_memory_limit_bytes', hog)).toMatchObject({ value: 600 * 2 ** 20 });
  });
});

onSlurm('GPUs of jobs of a real Slurm', () => {
  let slurm: Slurm;
  let watched: WatchedNode;
  beforeAll(async () => {
    slurm = await startSlurm({ gpus: 2 });
    watched = await watchNode(slurm.node, CROSSED);
  });
  afterAll(async () => {
    await watched?.stop();
    await slurm?.stop();
  });

  const labelsOf = (name: string, id: string) => watched.labels(`${name}{job_id="${id}",user="alice",scheduler="slurm"}`);

  it('are those that Slurm gave them, by number of the device file, and what they use of them', { timeout: 120_000 }, async () => {
    const id = await slurm.submit(['-n1', '--mem=100', '--gres=gpu:1'], 'sleep 100');
    await expect
      .poll(() => labelsOf('job_gpu_allocated', id), { timeout: 20_000, interval: 200 })
      .toMatchObject([{ gpu: '1', uuid: GPU_1 }]);
    expect(await watched.latest(`gpu_jobs{uuid="${GPU_1}"}`)).toBe(1);
    expect(await watched.latest(`gpu_jobs{uuid="${GPU_0}"}`)).toBe(0);

    const pids = await slurm.node.run(`cat /sys/fs/cgroup/memory/*/uid_*/job_${id}/step_batch/task_*/cgroup.procs`);
    watched.gpus(`gpu 1 process compute ${pids.trim().split('\n').at(-1)} 1073741824`, 'gpu 0 process compute 1 1048576');
    await expect.poll(() => watched.latest(`job_gpu_memory_used_bytes{job_id="${id}",uuid="${GPU_1}"}`), { timeout: 30_000 }).toBe(2 ** 30);
    await expect.poll(() => watched.latest(`gpu_orphan_processes{uuid="${GPU_0}"}`), { timeout: 30_000 }).toBe(1);
    expect(await watched.latest(`gpu_orphan_processes{uuid="${GPU_1}"}`)).toBe(0);
    watched.gpus();
    await slurm.node.run(`scancel ${id}`);
    await expect.poll(() => watched.latest(`gpu_jobs{uuid="${GPU_1}"}`), { timeout: 20_000, interval: 200 }).toBe(0);
  });

  it('are known before they start anything, where the prolog notes them', { timeout: 60_000 }, async () => {
    // The driver's own files, where the kernel has none: nothing may be made in /proc.
    await slurm.node.run('mount -t tmpfs tmpfs /proc/driver');
    for (const [uuid, minor] of [
      [GPU_0, 1],
      [GPU_1, 0],
    ] as const) {
      const folder = slurm.node.path(`/proc/driver/nvidia/gpus/0000:0${minor}:00.0`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/information`, `Model: \t\t Tesla V100\nGPU UUID: \t ${uuid}\nDevice Minor: \t ${minor}\n`);
    }
    const lines = [`Prolog=${scripts}prolog-gpus`, `Epilog=${scripts}epilog-gpus`, 'PrologFlags=Alloc'];
    await slurm.node.run(`printf '%s\\n' ${lines.join(' ')} >>/etc/slurm/slurm.conf; scontrol reconfigure`);
    await slurm.node.run('cd /home/alice; setpriv --reuid alice --regid alice --init-groups salloc --no-shell -n1 --mem=100 --gres=gpu:1');
    const id = (await slurm.node.run('squeue -h -t R -o %i')).trim();
    await expect
      .poll(() => labelsOf('job_gpu_allocated', id), { timeout: 20_000, interval: 200 })
      .toMatchObject([{ gpu: '1', uuid: GPU_1 }]);
    expect(await slurm.node.run('ls /run/gpustat')).toBe(`${GPU_1}\n`);
    await slurm.node.run(`scancel ${id}`);
    await expect.poll(() => slurm.node.run('ls /run/gpustat'), { timeout: 20_000, interval: 200 }).toBe('');
    await expect.poll(() => watched.latest(`gpu_jobs{uuid="${GPU_1}"}`), { timeout: 20_000, interval: 200 }).toBe(0);
  });
});
