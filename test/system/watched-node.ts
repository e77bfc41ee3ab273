import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fakeNvml } from '../gpu/fake-nvml.ts';
import { built, exported, startCollectorProgram, temporaryFolder } from '../collector.ts';
import type { Exported } from '../collector.ts';
import type { OwnNode } from '../services/own-node.ts';

/** A node with the built agent on it, at 1 s, and the built collector that it pushes to. */
export interface WatchedNode {
  /** What the collector has stored of a series: its samples, oldest first. */
  samples(selector: string): Promise<readonly Sample[]>;
  /** The newest value of a series; undefined where it has none yet. */
  latest(selector: string): Promise<number | undefined>;
  /** The last sample of a metric of a job, once it has ended. */
  lastOf(name: string, job: string): Promise<Sample>;
  /** Labels of the series that a selector finds. */
  labels(selector: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Adds lines to what the node's NVML answers. */
  gpus(...lines: readonly string[]): void;
  /** What the agent has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** A value and when it was read, in seconds since the epoch. */
export interface Sample {
  readonly value: number;
  readonly at: number;
}

/** UUID of the first card of {@link CROSSED}. */
export const GPU_0 = 'GPU-00000000-of-minor-1';
/** UUID of its second card. */
export const GPU_1 = 'GPU-11111111-of-minor-0';

/** Two cards of which the device files are the other way round than the indices, as drivers do number them. */
export const CROSSED = ['gpus 2 v100', 'gpu 0 minor 1', `gpu 0 uuid ${GPU_0}`, 'gpu 1 minor 0', `gpu 1 uuid ${GPU_1}`];

/** Starts both; the node's GPUs are those of the scenario, and its jobs are read so often. */
export async function watchNode(node: OwnNode, scenario: readonly string[], jobs = '1s'): Promise<WatchedNode> {
  const folder = temporaryFolder();
  const collector = await startCollectorProgram(folder.path, { stores: { duckdb: { commit: '200ms' } } });
  const nvml = fakeNvml([]);
  const place = '/run/vigie-test';
  mkdirSync(join(node.path(place), 'spool'), { recursive: true });
  copyFileSync(nvml.library, node.path(`${place}/libnvidia-ml.so.1`));
  nvml.remove();
  const say = (...lines: readonly string[]): void =>
    writeFileSync(node.path(`${place}/scenario`), `${[...scenario, ...lines].join('\n')}\n`);
  say();
  const config = {
    collector: collector.url,
    period: '1s',
    push: '1s',
    spool: { dir: `${place}/spool` },
    budget: { cpu: '100%' },
    samplers: { job: { period: jobs }, gpu: { nvidia: 'nvml', nvml: `${place}/libnvidia-ml.so.1`, period: '1s' } },
  };
  writeFileSync(node.path(`${place}/agent.yaml`), JSON.stringify(config));
  const agent = node.start([process.execPath, `${built}agent/main.js`, '--config', `${place}/agent.yaml`], {
    VIGIE_FAKE_NVML: `${place}/scenario`,
  });
  let output = '';
  for (const stream of [agent.stdout, agent.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const find = (selector: string): Promise<readonly Exported[]> => exported(collector.url, selector);
  const samples = async (selector: string): Promise<readonly Sample[]> =>
    (await find(selector)).flatMap(({ values, timestamps }) => values.map((value, at) => ({ value, at: (timestamps[at] ?? 0) / 1000 })));
  return {
    samples,
    latest: async (selector) => (await samples(selector)).at(-1)?.value,
    async lastOf(name, job) {
      await expect.poll(() => samples(`job_end_time_seconds{${job}}`), { timeout: 20_000, interval: 200 }).toHaveLength(1);
      return (await samples(`${name}{${job}}`)).at(-1) ?? expect.fail(`no ${name} of ${job}; the agent says ${output}`);
    },
    labels: async (selector) => (await find(selector)).map(({ metric }) => metric),
    gpus: say,
    output: () => output,
    async stop() {
      await collector.kill();
      folder.remove();
    },
  };
}
