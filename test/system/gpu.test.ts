import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hasCode } from '../../agent/contract/errors.ts';
import { startCollector } from '../../agent/transport/recording-collector.ts';
import { fakeNvml } from '../gpu/fake-nvml.ts';
import type { FakeNvml } from '../gpu/fake-nvml.ts';
import { needsServer } from '../services/needs-server.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '../..');
const CARDS = ['driver 470.57.02', 'gpus 4 v100', `gpu * memory_total ${32_480 * 2 ** 20}`];
const PERIOD = 200;
let dir = '';
let agent = '';

// The agent as it is installed: one file, with koffi beside it.
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-gpus-'));
  agent = join(dir, 'vigie-agent.cjs');
  await run(process.execPath, [join(project, 'deploy/bundle.mjs'), agent]);
  symlinkSync(join(project, 'node_modules'), join(dir, 'node_modules'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function cards(...more: readonly string[]): FakeNvml & { readonly config: string; readonly environment: NodeJS.ProcessEnv } {
  const fake = fakeNvml([...CARDS, ...more]);
  onTestFinished(() => fake.remove());
  const config = join(dir, 'agent.yaml');
  writeFileSync(config, JSON.stringify({ instance: 'n1', samplers: { gpu: { nvml: fake.library, nvidia: 'nvml' } } }));
  return { ...fake, config, environment: { PATH: process.env['PATH'], ...fake.env } };
}

/** The child of this process that reads the GPUs. */
function probeOf(agentPid: number | undefined): number | undefined {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent === agentPid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--probe\0gpu')) return Number(name);
    } catch (error) {
      // It ended while it was looked at.
      if (!hasCode(error, 'ENOENT', 'ESRCH')) throw error;
    }
  }
  return undefined;
}

interface Running {
  readonly pid: number | undefined;
  readonly said: () => string;
  /** Times of what arrived with this measurement and field, milliseconds since the epoch, those after `since`. */
  times(measurement: string, field: string, since?: number): readonly number[];
  /** Values of a series, by a part of its line. */
  values(head: string, field: string, since?: number): readonly number[];
  stop(): Promise<void>;
}

async function start({ config, environment }: ReturnType<typeof cards>): Promise<Running> {
  const collector = await startCollector();
  const spool = mkdtempSync(join(dir, 'spool-'));
  const options = ['--config', config, '--collector', collector.url, '--spool', spool, '--period', `${PERIOD}ms`, '--push', `${PERIOD}ms`];
  const child = spawn(agent, options, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await gone;
    await collector.close();
  };
  onTestFinished(stop);
  const found = (head: string, field: string, since: number): { readonly time: number; readonly value: number }[] =>
    collector.stored
      .flatMap(({ text }) => text.split('\n'))
      .flatMap((line) => {
        const [, fields = '', stamp = ''] = / (\S+) (\d+)$/.exec(line) ?? [];
        const value = new RegExp(`(?:^|,)${field}=([^,]+)`).exec(fields)?.[1];
        // Whatever the precision of the stamps is, these are milliseconds.
        const time = Number(stamp.slice(0, 13));
        return line.startsWith(head) && value !== undefined && time > since ? [{ time, value: Number(value) }] : [];
      });
  return {
    pid: child.pid,
    said: () => said,
    times: (measurement, field, since = 0) => found(measurement, field, since).map(({ time }) => time),
    values: (head, field, since = 0) => found(head, field, since).map(({ value }) => value),
    stop,
  };
}

const wait = { timeout: 40_000, interval: 50 };

needsServer('gcc')('an agent on a node with four cards', () => {
  test('reads them once, by names that do not tell who made them', async () => {
    const { config, environment } = cards();
    const { stdout } = await run(agent, ['--once', '--config', config], { env: environment, maxBuffer: 2 ** 26 });
    const of = (name: string): readonly string[] =>
      stdout
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`))
        .map((line) => line.slice(line.lastIndexOf(' ') + 1));
    expect(of('gpu_utilization_ratio')).toEqual(['0', '0', '0', '0']);
    expect(of('gpu_memory_used_bytes')).toEqual(['0', '0', '0', '0']);
    expect(of('gpu_power_limit_watts')).toEqual(['300', '300', '300', '300']);
    expect(of('gpu_temperature_celsius')).toEqual(['38', '38', '38', '38']);
    expect(of('gpu_source_info')).toEqual(['1']);
    expect(of('vigie_agent_probe_hung')).toEqual(['0']);
  });

  test('draws their table', async () => {
    const { config, environment } = cards();
    const { stdout } = await run(agent, ['gpus', '--config', config], { env: environment });
    expect(stdout.split('\n').filter((line) => / 38C +P0 +57W \/ 300W +0MiB \/ 32480MiB +0%$/.test(line))).toHaveLength(4);
  });

  test('keeps its own second while the driver is stopped, repeats nothing, and goes on with it', async () => {
    const node = await start(cards());
    await expect.poll(() => node.times('gpu,', 'power_watts').length, wait).toBeGreaterThan(8);
    const probe = probeOf(node.pid) ?? 0;
    process.kill(probe, 'SIGSTOP');
    const stopped = Date.now();
    await expect.poll(() => node.said(), wait).toContain('probe gpu has been silent for 3 s, outside any call');
    const noticed = Date.now();
    await expect.poll(() => node.values('vigie_agent,', 'probe_hung', stopped), wait).toContain(1);
    // What was on its way when it stopped may stand in one more round.
    expect(node.times('gpu,', 'power_watts', stopped + PERIOD)).toEqual([]);
    const host = node.times('node,', 'load1', stopped).filter((time) => time <= noticed);
    expect(host.length).toBeGreaterThan(0.9 * ((noticed - stopped) / PERIOD - 2));
    process.kill(probe, 'SIGCONT');
    const went = Date.now();
    await expect.poll(() => node.times('gpu,', 'power_watts', went).length, wait).toBeGreaterThan(8);
    await expect.poll(() => node.values('vigie_agent,', 'probe_hung').at(-1), wait).toBe(0);
    const all = node.times('gpu,', 'power_watts');
    const each = new Map<number, number>();
    for (const time of all) each.set(time, (each.get(time) ?? 0) + 1);
    expect([...each.values()].every((count) => count <= 4)).toBe(true);
    expect(node.said()).toContain('sampler gpu works again');
  });

  test('names the call that hangs, and leaves no process behind when it ends', async () => {
    const node = cards();
    const running = await start(node);
    await expect.poll(() => running.times('gpu,', 'power_watts').length, wait).toBeGreaterThan(0);
    const probe = probeOf(running.pid) ?? 0;
    node.say(...CARDS, 'hang nvmlDeviceGetUtilizationRates 600');
    await expect.poll(() => running.said(), wait).toMatch(/probe gpu has been silent for 3 s in nvmlDeviceGetUtilizationRates/);
    await running.stop();
    expect(() => process.kill(probe, 0)).toThrow(/ESRCH/);
  });

  test('starts the probe once more after a crash in the library', async () => {
    const node = cards();
    const running = await start(node);
    await expect.poll(() => running.times('gpu,', 'power_watts').length, wait).toBeGreaterThan(0);
    const probe = probeOf(running.pid);
    node.say(...CARDS, 'segfault nvmlDeviceGetUtilizationRates');
    await expect.poll(() => running.said(), wait).toMatch(/probe gpu ended with SIGSEGV in nvmlDeviceGetUtilizationRates/);
    const crashed = Date.now();
    node.say(...CARDS);
    await expect.poll(() => running.times('gpu,', 'power_watts', crashed).length, wait).toBeGreaterThan(0);
    expect(probeOf(running.pid)).not.toBe(probe);
    expect(running.times('node,', 'load1', crashed).length).toBeGreaterThan(10);
  });
});
