import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../../agent/contract/config.ts';
import type { Metric } from '../../../agent/contract/metric.ts';
import { openGpuBoard } from '../../../agent/gpu-board.ts';
import { openHost } from '../../../agent/host.ts';
import { openReadings } from '../../../agent/readings.ts';
import type { SamplerContext } from '../../../agent/sampler.ts';
import job from '../../../agent/samplers/job/index.ts';
import { madeProcess, unifiedJob, V2_MOUNTS } from '../../machines/made-jobs.ts';
import type { BenchOptions, BenchRow, Result } from '../bench-row.ts';
import { median, spread } from '../numbers.ts';

const JOBS = 64;
const PROCESSES = 2;
const PERIOD_MS = 5000;
// As long as five minutes of the node.
const ROUNDS = 60;
// Long enough that the next round does not find the processor's caches as the last one left them.
const REST_MS = 20;
const SCOPE = '/sys/fs/cgroup/system.slice/slurmstepd.scope';

/** The sampler of jobs on a made node with 64 jobs of Slurm in cgroup v2, two processes each, at 5 s of the node's time. */
export const jobsRow: BenchRow = {
  name: 'jobs',
  summary: `CPU of reading ${JOBS} jobs and their processes every ${PERIOD_MS / 1000} s`,
  needs: [],
  async run(options) {
    const root = mkdtempSync(join(tmpdir(), 'vigie-jobs-'));
    try {
      for (const [path, text] of Object.entries(madeNode())) {
        mkdirSync(dirname(root + path), { recursive: true });
        writeFileSync(root + path, text);
      }
      return [await measure(root, options)];
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};

function madeNode(): Readonly<Record<string, string>> {
  const files: Record<string, string> = { ...V2_MOUNTS, '/etc/passwd': 'ada:x:1000:1000::/home/ada:/bin/sh\n', '/proc/stat': 'btime 1\n' };
  // As of a real one: what goes on beside jobs is read with them.
  for (const folder of ['', '/system']) {
    files[`${SCOPE}${folder}/cpu.stat`] = 'usage_usec 1\nuser_usec 1\nsystem_usec 0\n';
    files[`${SCOPE}${folder}/cgroup.procs`] = '';
  }
  for (let at = 0; at < JOBS; at++) {
    const pids = Array.from({ length: PROCESSES }, (_, process) => 1000 + at * PROCESSES + process);
    Object.assign(files, unifiedJob(`/system.slice/slurmstepd.scope/job_${at + 1}`, { cpuSeconds: 100, anon: 1e9, pids }));
    for (const pid of pids) Object.assign(files, madeProcess(pid, { userTicks: 100 }));
  }
  return files;
}

async function measure(root: string, { runs, quick, progress }: BenchOptions): Promise<Result> {
  let now = Date.now();
  const readings = openReadings({});
  const stop = new AbortController();
  const context = {
    options: readConfig(job.options, {}, 'job'),
    host: openHost(root, () => now),
    series: (metric: Metric, labels?: Readonly<Record<string, string>>) => readings.series(metric, labels ?? {}),
    period: PERIOD_MS,
    gpus: openGpuBoard(),
    signal: stop.signal,
  };
  const sampler = await job.open(context as unknown as SamplerContext<typeof context.options>);
  const round = async (): Promise<number> => {
    now += PERIOD_MS;
    const before = process.cpuUsage();
    await sampler.sample();
    const used = process.cpuUsage(before);
    readings.discard();
    return (used.user + used.system) / 1e6;
  };
  const shares: number[] = [];
  try {
    for (let warm = 0; warm < 10; warm++) await round();
    for (let run = 0; run < runs; run++) {
      const rounds = quick ? 4 : ROUNDS;
      let seconds = 0;
      for (let at = 0; at < rounds; at++) {
        await pause(REST_MS);
        seconds += await round();
      }
      shares.push(seconds / ((rounds * PERIOD_MS) / 1000));
      progress(`jobs ${((shares.at(-1) ?? Number.NaN) * 100).toFixed(3)} % of a core`);
    }
  } finally {
    stop.abort();
    await sampler.close?.();
  }
  return {
    budget: 'jobs',
    what: `${JOBS} jobs read every ${PERIOD_MS / 1000} s`,
    ours: spread(
      shares.map((share) => share * 100),
      ' %',
    ),
    peer: 'none',
    value: median(shares),
  };
}
