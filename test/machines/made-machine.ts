import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../agent/contract/config.ts';
import type { Metric } from '../../agent/contract/metric.ts';
import { openGpuBoard } from '../../agent/gpu-board.ts';
import type { GpuBoard } from '../../agent/gpu-board.ts';
import { openHost } from '../../agent/host.ts';
import { openLog } from '../../agent/log.ts';
import { openReadings } from '../../agent/readings.ts';
import type { SamplerKind } from '../../agent/sampler.ts';

/** A machine made of files for one test, in a temporary folder that goes with the test. */
export interface MadeMachine {
  readonly root: string;
  write(path: string, text: string | Buffer): void;
  remove(path: string): void;
}

/** Makes a machine of files by path. */
export function madeMachine(files: Readonly<Record<string, string | Buffer>>): MadeMachine {
  const root = mkdtempSync(join(tmpdir(), 'vigie-machine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { root, write, remove: (path) => rmSync(root + path, { recursive: true }) };
}

/** A sampler opened for one test. */
export interface Watch {
  /** Takes a round and answers its values by `name{label="value"}`. */
  round(): Promise<Readonly<Record<string, number>>>;
}

/** What a sampler is opened with for one test. */
export interface WatchOptions {
  readonly config?: unknown;
  readonly now?: () => number;
  readonly period?: number;
  readonly gpus?: GpuBoard;
}

/** Opens a sampler on a machine; it is closed with the test. */
export async function watch(
  kind: SamplerKind,
  root: string,
  { config = {}, now = Date.now, period = 1000, gpus = openGpuBoard() }: WatchOptions = {},
): Promise<Watch> {
  const readings = openReadings({});
  const stop = new AbortController();
  const sampler = await kind.open({
    options: readConfig(kind.options, config, kind.name),
    host: openHost(root, now),
    series: (metric: Metric, labels: Readonly<Record<string, string>> = {}) => readings.series(metric, labels),
    period,
    gpus,
    log: openLog(() => undefined),
    signal: stop.signal,
  } as never);
  onTestFinished(async () => {
    stop.abort();
    await sampler.close?.();
  });
  return {
    async round() {
      const values: Record<string, number> = {};
      await sampler.sample();
      readings.visit((metric, labels, value) => (values[metric.name + labelText(labels)] = value));
      readings.discard();
      return values;
    },
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return written.length === 0 ? '' : `{${written.join(',')}}`;
}
