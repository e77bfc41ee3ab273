import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { madeMachine } from '../../test/machines/made-machine.ts';
import { Permanent, Transient } from '../contract/errors.ts';
import { openHost } from '../host.ts';
import type { Host } from '../host.ts';
import { loadPerfCalls } from './perf-calls.ts';
import type { PerfCalls } from './perf-calls.ts';
import type { PerfEvent } from './perf-events.ts';
import { cpuList, openPerfReader } from './perf-reader.ts';
import { examinePerf, openPerf } from './perf.ts';

// Where this machine has cgroups of v2 that this user may make, below the first that is mounted.
const root = readFileSync('/proc/mounts', 'utf8')
  .split('\n')
  .find((line) => line.split(' ')[2] === 'cgroup2')
  ?.split(' ')[1];
const lack = whatLacks();

function whatLacks(): string | undefined {
  if (process.platform !== 'linux' || root === undefined) return 'no cgroup v2';
  const { found, why } = examinePerf(openHost());
  if (!found) return why;
  try {
    mkdirSync(`${root}/vigie-try-${process.pid}`);
    rmdirSync(`${root}/vigie-try-${process.pid}`);
    return undefined;
  } catch (error) {
    return `no cgroup may be made: ${String(error)}`;
  }
}

let made = 0;
function makeCgroup(): string {
  const path = `${root}/vigie-test-${process.pid}-${made++}`;
  mkdirSync(path);
  onTestFinished(() => {
    if (existsSync(path)) rmdirSync(path);
  });
  return path;
}

const BUSY = 'read line; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 0.01; /bin/true; echo done; read line';

/** A shell in the cgroup that works when it is told to, then waits to be told to end. */
async function busyIn(path: string): Promise<{ readonly work: () => Promise<void>; readonly end: () => Promise<void> }> {
  const child: ChildProcess = spawn('/bin/sh', ['-c', BUSY], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  writeFileSync(`${path}/cgroup.procs`, String(child.pid));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
    await expect.poll(() => readFileSync(`${path}/cgroup.procs`, 'utf8')).toBe('');
  };
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    async work() {
      child.stdin?.write('\n');
      await once(child.stdout ?? child, 'data');
    },
    end,
  };
}

const SOFTWARE: readonly PerfEvent[] = ['task_clock', 'page_faults', 'context_switches'];

describe.skipIf(lack !== undefined)(`counters of a real cgroup${lack === undefined ? '' : ` (${lack})`}`, () => {
  test('count what its processes do, and not what others do', async () => {
    const [path, quiet] = [makeCgroup(), makeCgroup()];
    const reader = openPerfReader({ calls: await loadPerfCalls(), most: 1000 });
    onTestFinished(() => reader.close());
    const { work, end } = await busyIn(path);
    const before = reader.read(path, SOFTWARE);
    expect(reader.read(quiet, SOFTWARE)).toEqual({ task_clock: 0, page_faults: 0, context_switches: 0 });
    await work();
    const after = reader.read(path, SOFTWARE);
    const grown = (event: string): number => (after[event] ?? Number.NaN) - (before[event] ?? Number.NaN);
    const used = Number(/usage_usec (\d+)/.exec(readFileSync(`${path}/cpu.stat`, 'utf8'))?.[1]) * 1000;
    expect(grown('task_clock')).toBeGreaterThan(used / 2);
    expect(grown('task_clock')).toBeLessThan(used * 1.5);
    expect(grown('page_faults')).toBeGreaterThan(10);
    expect(grown('context_switches')).toBeGreaterThan(1);
    expect(reader.read(quiet, SOFTWARE)['page_faults']).toBe(0);
    await end();
  });

  test('are there once more when it has gone, and its place taken by another begins at nothing', async () => {
    const path = makeCgroup();
    let now = 0;
    const reader = openPerfReader({ calls: await loadPerfCalls(), most: 1000, now: () => now });
    onTestFinished(() => reader.close());
    const { work, end } = await busyIn(path);
    reader.read(path, SOFTWARE);
    await work();
    await end();
    rmdirSync(path);
    expect(reader.read(path, SOFTWARE)['page_faults']).toBeGreaterThan(10);
    for (now of [10_000, 30_000, 60_000]) expect(reader.read(path, SOFTWARE)['page_faults']).toBeGreaterThan(10);
    now = 80_000;
    expect(() => reader.read(path, SOFTWARE)).toThrow(/is not there/);
    mkdirSync(path);
    expect(reader.read(path, SOFTWARE)['page_faults']).toBe(0);
  });

  test('that this machine lacks are absent; of hardware without a PMU, all of them', async () => {
    const reader = openPerfReader({ calls: await loadPerfCalls(), most: 1000 });
    onTestFinished(() => reader.close());
    const path = makeCgroup();
    const counted = Object.keys(reader.read(path, ['instructions', 'cycles', 'page_faults']));
    const hasPmu = existsSync('/sys/bus/event_source/devices/cpu') || existsSync('/sys/bus/event_source/devices/armv8_pmuv3_0');
    expect(counted).toContain('page_faults');
    expect(counted.length > 1).toBe(hasPmu);
  });

  test('take no more descriptors than they may, and say so', async () => {
    const reader = openPerfReader({
      calls: await loadPerfCalls(),
      most: cpuList(readFileSync('/sys/devices/system/cpu/online', 'utf8')).length,
    });
    onTestFinished(() => reader.close());
    const [first, second] = [makeCgroup(), makeCgroup()];
    expect(reader.read(first, ['page_faults'])).toEqual({ page_faults: 0 });
    expect(() => reader.read(second, ['page_faults'])).toThrow(Transient);
    expect(() => reader.read(second, ['page_faults'])).toThrow(/descriptors for its counters, and 0 of \d+ are left; choose fewer/);
  });

  test('of what is no cgroup are refused with the reason', async () => {
    const reader = openPerfReader({ calls: await loadPerfCalls(), most: 1000 });
    expect(() => reader.read('/tmp', SOFTWARE)).toThrow(Permanent);
    expect(() => reader.read('/tmp', SOFTWARE)).toThrow(
      /no cgroup that perf counts: on cgroup v1 the job needs one of the perf_event controller/,
    );
  });

  test('come through the child as they come here', async () => {
    const path = makeCgroup();
    const script = new URL('../../node_modules/.cache/vigie/perf-child.cjs', import.meta.url).pathname;
    const contents = `import { runPerfProbe } from ${JSON.stringify(new URL('perf-child.ts', import.meta.url).pathname)}; runPerfProbe();`;
    buildSync({
      stdin: { contents, resolveDir: '/' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      packages: 'external',
      outfile: script,
    });
    const perf = openPerf({ host: openHost(), events: SOFTWARE, command: [process.execPath, script] });
    onTestFinished(() => perf.close());
    const { work, end } = await busyIn(path);
    expect(await perf.counts(path)).toMatchObject({ page_faults: expect.any(Number) });
    await work();
    expect((await perf.counts(path)).page_faults).toBeGreaterThan(10);
    await expect(perf.counts('/no/such/cgroup')).rejects.toThrow(/is not there/);
    await end();
  });
});

test('an event that had a part of the time is counted for all of it, and never falls', () => {
  const values: [number, number, number][] = [
    [100, 10, 10],
    [200, 30, 15],
    [200, 40, 15],
    [300, 60, 20],
  ];
  // A file stands in for the descriptor: each read goes on where the last one ended, as the kernel's answers follow each other.
  const bytes = Buffer.from(BigUint64Array.from(values.flat().map(BigInt)).buffer);
  const machine = madeMachine({ '/counter': bytes, '/job/cpuset.cpus.effective': '3\n' });
  const calls: PerfCalls = { open: () => openSync(`${machine.root}/counter`, 'r') };
  const reader = openPerfReader({ calls, most: 10 });
  onTestFinished(() => reader.close());
  const read = (): number | undefined => reader.read(`${machine.root}/job`, ['cycles'])['cycles'];
  expect([read(), read(), read(), read()]).toEqual([100, 500, 500, 1100]);
});

test.each([
  ['0', [0]],
  ['0-3,8,10-11', [0, 1, 2, 3, 8, 10, 11]],
  ['', [0]],
])('the list of CPUs %j is read', (text, cpus) => expect(cpuList(text)).toEqual(cpus));

function machine(paranoid: string | undefined, capabilities: string): Host {
  return openHost(
    madeMachine({
      ...(paranoid === undefined ? {} : { '/proc/sys/kernel/perf_event_paranoid': `${paranoid}\n` }),
      '/proc/self/status': `Name:\tnode\nCapEff:\t${capabilities}\n`,
    }).root,
  );
}

describe('whether others may be counted', () => {
  test.each([
    ['2', '0000000000000000', false, 'kernel.perf_event_paranoid is 2, and the agent has not CAP_PERFMON'],
    ['4', '0000004000000000', true, 'CAP_PERFMON'],
    ['2', '000001ffffffffff', true, 'CAP_PERFMON'],
    ['-1', '0000000000000000', true, 'kernel.perf_event_paranoid is -1'],
    [undefined, '000001ffffffffff', false, 'this kernel has no perf events, or hides them from a container'],
  ])('perf_event_paranoid %s with capabilities %s: %s', (paranoid, capabilities, found, why) => {
    expect(examinePerf(machine(paranoid, capabilities))).toMatchObject({ found, why });
  });

  test('it is refused at opening with what would mend it', () => {
    expect(() => openPerf({ host: machine('2', '0'), events: ['cycles'] })).toThrow(/AmbientCapabilities=CAP_PERFMON/);
  });
});
