import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOar } from '../services/oar.ts';
import type { Oar } from '../services/oar.ts';
import { needsOwnNode } from '../services/own-node.ts';
import { burn, hold } from './job-scripts.ts';
import { CROSSED, GPU_0, GPU_1, watchNode } from './watched-node.ts';
import type { Sample, WatchedNode } from './watched-node.ts';

const onOar = needsOwnNode('gcc', 'pg_ctlcluster', 'oar-database', 'oarsub', 'oarnodecheckquery', 'sshd');

/** The directory of the job that runs this, as its shell finds it. */
const cgroup = (controller: string): string => `/sys/fs/cgroup/${controller}$(sed -n 's/^[0-9]*:${controller}://p' /proc/self/cgroup)`;

onOar('jobs of a real OAR', () => {
  let oar: Oar;
  let watched: WatchedNode;
  beforeAll(async () => {
    oar = await startOar(['0', '1']);
    watched = await watchNode(oar.node, CROSSED);
  });
  afterAll(async () => {
    await watched?.stop();
    await oar?.stop();
  });

  const told = (file: string): number => Number(readFileSync(oar.node.path(`/home/alice/${file}`), 'utf8'));
  const lastOf = (name: string, id: string): Promise<Sample> => watched.lastOf(name, `job_id="${id}",user="alice",scheduler="oar"`);
  const mostOf = async (name: string, id: string): Promise<number> =>
    Math.max(...(await watched.samples(`${name}{job_id="${id}"}`)).map(({ value }) => value));
  const ended = async (id: string): Promise<void> => {
    await expect.poll(() => oar.state(id), { timeout: 60_000, interval: 300 }).toBe('Terminated');
  };
  const labelsOf = (name: string, id: string) => watched.labels(`${name}{job_id="${id}",user="alice",scheduler="oar"}`);

  it(
    'have the CPU time that their cgroup tells and the memory that their processes do, the last after their end',
    { timeout: 120_000 },
    async () => {
      const usage = `cat ${cgroup('cpuacct')}/cpuacct.usage`;
      const burner = await oar.submit(['-l', '/resource_id=1,walltime=0:5:0'], `${burn(4)}; sleep 1.5; ${usage} >cpu; date +%s.%N >end`);
      const hog = await oar.submit(
        ['-l', '/resource_id=1,walltime=0:5:0'],
        `${hold(300, 14)} &
      sleep 12
      for pid in $(cat ${cgroup('cpuacct')}/cgroup.procs); do cat /proc/$pid/status; done 2>/dev/null | awk '/^Rss(Anon|Shmem)/ { sum += $2 } END { print sum * 1024 }' >memory
      wait`,
      );
      await Promise.all([ended(burner), ended(hog)]);

      const cpu = await lastOf('job_cpu_seconds_total', burner);
      const truth = told('cpu') / 1e9;
      expect(truth).toBeGreaterThan(4);
      expect(Math.abs(cpu.value / truth - 1)).toBeLessThan(0.02);
      const end = await lastOf('job_end_time_seconds', burner);
      expect(cpu.at).toBe(end.at);
      expect(end.at).toBeGreaterThan(told('end') - 0.1);

      // OAR leaves the memory controller out: what the job's processes have is all there is to know.
      await lastOf('job_end_time_seconds', hog);
      const used = await mostOf('job_memory_used_bytes', hog);
      expect(Math.abs(used / told('memory') - 1)).toBeLessThan(0.02);
      expect((await lastOf('job_memory_max_bytes', hog)).value).toBe(used);
    },
  );

  it('have the GPU that is the gpudevice of their resource', { timeout: 120_000 }, async () => {
    const jobs = await Promise.all(
      ['1', '0'].map((gpudevice) => oar.submit(['-l', '/resource_id=1,walltime=0:5:0', '-p', `"gpudevice='${gpudevice}'"`], 'sleep 100')),
    );
    const cards = [
      { gpu: '0', uuid: GPU_0 },
      { gpu: '1', uuid: GPU_1 },
    ];
    for (const [at, id] of jobs.entries()) {
      await expect.poll(() => labelsOf('job_gpu_allocated', id), { timeout: 30_000, interval: 300 }).toMatchObject([cards[at]]);
    }
    for (const { uuid } of cards) expect(await watched.latest(`gpu_jobs{uuid="${uuid}"}`)).toBe(1);
    await oar.node.run(`oardel ${jobs.join(' ')}`);
    for (const { uuid } of cards) {
      await expect.poll(() => watched.latest(`gpu_jobs{uuid="${uuid}"}`), { timeout: 30_000, interval: 300 }).toBe(0);
    }
  });
});
