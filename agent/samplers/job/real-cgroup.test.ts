import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { messageOf } from '../../contract/errors.ts';
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

describe.skipIf(lack !== undefined)(`a job in a real cgroup${lack === undefined ? '' : ` (${lack})`}`, () => {
  for (const [version, controllers, controller, file] of VERSIONS) {
    const mounted = controllers.flatMap((name) => hierarchies.filter((hierarchy) => hierarchy.controllers.includes(name)));
    const missing = mounted.length < controllers.length;
    test.skipIf(missing)(`of ${version} is read as the kernel counts, and its last values arrive after it has been removed`, async () => {
      const id = String(process.pid);
      const made = makeJob(
        mounted.map(({ at }) => at),
        `/${PARENT}/uid_0/job_${id}`,
      );
      const watched = await watch(job, '/', { period: 60_000 });
      const burner = await burn(made.paths.map((path) => `${path}/step_0/cgroup.procs`));
      const kernel = (): number => cpuSeconds(readFileSync(`${pathOf(controller, id)}/${file}`, 'latin1'));
      const read = async () => {
        const values = await watched.round();
        return (name: string): number => values[`${name}{job_id="${id}",user="root",scheduler="slurm"}`] ?? Number.NaN;
      };
      const before = kernel();
      const first = await read();
      expect(first('job_cpu_seconds_total')).toBeGreaterThanOrEqual(before);
      expect(first('job_cpu_seconds_total')).toBeLessThanOrEqual(kernel());
      expect(first('job_processes')).toBe(1);
      // The burner holds 96 MiB, whoever counts them.
      expect(first('job_memory_used_bytes') / 2 ** 20).toBeGreaterThan(90);

      await burner.end();
      made.removeSteps();
      const last = kernel();
      expect(last).toBeGreaterThan(first('job_cpu_seconds_total'));
      // The round comes once a minute; that the step has gone is what makes the last values known.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      made.remove();
      const final = await read();
      expect(final('job_end_time_seconds')).toBeGreaterThan(0);
      expect(Math.abs(final('job_cpu_seconds_total') - last) / last).toBeLessThan(0.02);
      expect((await read())('job_cpu_seconds_total')).toBeNaN();
    });
  }
});

function pathOf(controller: string, id: string): string {
  const at = hierarchies.find((hierarchy) => hierarchy.controllers.includes(controller))?.at ?? '';
  return `${at}/${PARENT}/uid_0/job_${id}`;
}

// `7500000000` nanoseconds of cpuacct.usage, or `usage_usec 7500000`.
function cpuSeconds(text: string): number {
  const [, usec] = /^usage_usec (\d+)$/m.exec(text) ?? [];
  return usec === undefined ? Number(text) / 1e9 : Number(usec) / 1e6;
}

function gone(folder: string): void {
  if (existsSync(folder)) rmdirSync(folder);
}

function makeJob(mounts: readonly string[], path: string) {
  const paths = mounts.map((at) => at + path);
  for (const each of paths) mkdirSync(`${each}/step_0`, { recursive: true });
  const removeSteps = (): void => paths.forEach((each) => gone(`${each}/step_0`));
  const remove = (): void => {
    removeSteps();
    for (const each of paths) for (const folder of [each, each.replace(/\/[^/]+$/, ''), each.replace(/\/[^/]+\/[^/]+$/, '')]) gone(folder);
  };
  onTestFinished(remove);
  return { paths, removeSteps, remove };
}

const BURNER = `
  let held;
  const burn = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
  process.stdin.once('data', () => { held = Buffer.alloc(96 * 2 ** 20, 1); burn(300); console.log(held.length); });
  process.stdin.once('end', () => { burn(100); });
`;

/** A process in these cgroups that has burned CPU, and burns some more before it ends. */
async function burn(procs: readonly string[]) {
  const child = spawn(process.execPath, ['-e', BURNER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  for (const file of procs) writeFileSync(file, String(child.pid));
  const lines = createInterface({ input: child.stdout });
  child.stdin.write('go\n');
  await once(lines, 'line');
  return {
    async end() {
      child.stdin.end();
      await exit;
    },
  };
}
