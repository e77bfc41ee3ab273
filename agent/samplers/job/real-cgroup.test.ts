import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { hasCode, messageOf } from '../../contract/errors.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watch } from '../../../test/machines/made-machine.ts';
import { openHost } from '../../host.ts';
import { findHierarchies } from './hierarchies.ts';
import job from './index.ts';

// A parent of our own, so that a real Slurm on the machine is left alone.
const PARENT = `slurm_vigie-test-${process.pid}`;
const hierarchies = findHierarchies(openHost());
const lack = lackHere();

function lackHere(): string | undefined {
  const [first] = hierarchies;
  if (first === undefined) return 'cgroups';
  try {
    mkdirSync(`${first.at}/${PARENT}`);
    rmdirSync(`${first.at}/${PARENT}`);
    return undefined;
  } catch (error) {
    return `the right to make a cgroup: ${messageOf(error)}`;
  }
}

const VERSIONS = [
  ['v1', ['freezer', 'cpuacct', 'memory'], 'cpuacct', 'cpuacct.usage'],
  ['v2', ['unified'], 'unified', 'cpu.stat'],
] as const;

const ENDS = [
  { how: 'and nobody has told of its end before the next round', told: false, gone: 'uid_0/job' },
  { how: "and the user's directory with it", told: false, gone: 'uid_0' },
  { how: 'and the kernel has told of its end', told: true, gone: 'uid_0/job' },
] as const;

describe.skipIf(lack !== undefined)(`a job in a real cgroup${lack === undefined ? '' : ` (${lack})`}`, () => {
  for (const [version, controllers, controller, file] of VERSIONS) {
    const mounted = controllers.flatMap((name) => hierarchies.filter((hierarchy) => hierarchy.controllers.includes(name)));
    // All that has ever been below it is the job.
    const kernel = (): number => cpuSeconds(readFileSync(`${pathOf(controller)}/${file}`, 'latin1'));
    const missing = mounted.length < controllers.length;
    test.skipIf(missing).for(ENDS)(
      `of ${version} is read as the kernel counts, to the last after it is removed $how`,
      async ({ told, gone }) => {
        const id = String(process.pid);
        const made = makeJob(
          mounted.map(({ at }) => at),
          `uid_0/job_${id}`,
        );
        const watched = await watch(job, '/', { period: 60_000 });
        const procs = made.paths.map((path) => `${path}/step_0/cgroup.procs`);
        const holder = await hold(procs);
        const read = async () => {
          const values = await watched.round();
          return (name: string): number => values[`${name}{job_id="${id}",user="root",scheduler="slurm"}`] ?? Number.NaN;
        };
        let first = await read();
        // The process holds 96 MiB, whoever counts them; the kernel adds memory up every two seconds.
        const held = async (): Promise<number> => (first = await read())('job_memory_used_bytes') / 2 ** 20;
        await expect.poll(held, { timeout: 10_000 }).toBeGreaterThan(90);
        expect(first('job_cpu_seconds_total')).toBeCloseTo(kernel(), 3);
        expect(first('job_processes')).toBe(1);

        // The sampler cannot see anything of this: all of it happens within one turn of the event loop.
        burnAndEnd(procs, holder);
        made.remove(gone);
        if (told) await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        const last = kernel();
        expect(last).toBeGreaterThan(first('job_cpu_seconds_total') + 0.3);
        const final = await read();
        expect(final('job_end_time_seconds')).toBeGreaterThan(0);
        expect(final('job_cpu_seconds_total')).toBeCloseTo(last, 2);
        expect((await read())('job_cpu_seconds_total')).toBeNaN();
      },
    );
  }
});

function pathOf(controller: string): string {
  const at = hierarchies.find((hierarchy) => hierarchy.controllers.includes(controller))?.at ?? '';
  return `${at}/${PARENT}`;
}

// `7500000000` nanoseconds of cpuacct.usage, or `usage_usec 7500000`.
function cpuSeconds(text: string): number {
  const [, usec] = /^usage_usec (\d+)$/m.exec(text) ?? [];
  return usec === undefined ? Number(text) / 1e9 : Number(usec) / 1e6;
}

const REMOVED_WITHIN_MS = 10_000;

// The kernel buries processes after their parent has heard of their end.
function removed(folder: string): void {
  for (const deadline = Date.now() + REMOVED_WITHIN_MS; existsSync(folder);) {
    try {
      rmdirSync(folder);
    } catch (error) {
      if (!hasCode(error, 'EBUSY') || Date.now() > deadline) throw error;
    }
  }
}

function makeJob(mounts: readonly string[], path: string) {
  const paths = mounts.map((at) => `${at}/${PARENT}/${path}`);
  for (const each of paths) mkdirSync(`${each}/step_0`, { recursive: true });
  const remove = (last: 'uid_0/job' | 'uid_0' | 'all'): void => {
    for (const each of paths) {
      const user = dirname(each);
      const folders = [`${each}/step_0`, each, ...(last === 'uid_0/job' ? [] : [user]), ...(last === 'all' ? [dirname(user)] : [])];
      for (const folder of folders) removed(folder);
    }
  };
  onTestFinished(() => remove('all'));
  return { paths, remove };
}

const HOLDER = `
  const held = Buffer.alloc(96 * 2 ** 20, 1);
  console.log(held.length);
  setInterval(() => held, 1e6);
`;

/** A process in these cgroups that holds memory, and has been stopped, so that it uses no CPU time. */
async function hold(procs: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', `process.stdin.once('data', () => {${HOLDER}})`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  for (const file of procs) writeFileSync(file, String(child.pid));
  child.stdin.write('go\n');
  await once(createInterface({ input: child.stdout }), 'line');
  child.kill('SIGSTOP');
  await expect.poll(() => readFileSync(`/proc/${child.pid}/stat`, 'latin1')).toMatch(/\) T /);
  return child.pid ?? Number.NaN;
}

const BURNER = `
  const [other, ...procs] = process.argv.slice(1);
  for (const file of procs) require('node:fs').writeFileSync(file, String(process.pid));
  process.kill(Number(other), 'SIGKILL');
  const used = () => process.cpuUsage().user + process.cpuUsage().system;
  for (const end = used() + 4e5; used() < end;);
`;

/** Another process comes to these cgroups, ends the one that was there, and burns CPU to its own end. */
function burnAndEnd(procs: readonly string[], other: number): void {
  const { status } = spawnSync(process.execPath, ['-e', BURNER, String(other), ...procs], { stdio: 'inherit' });
  expect(status).toBe(0);
}
