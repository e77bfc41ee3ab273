import type { Clock } from './clock.ts';
import type { AgentConfig } from './config.ts';
import { lineWriter } from './contract/line-encode.ts';
import { renderReading } from './exposition-text.ts';
import { openGpuBoard } from './gpu-board.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';
import { nodeLabels, openSampler } from './open-sampler.ts';
import { openReadings } from './readings.ts';
import type { Supervised } from './supervised.ts';

/** What is read once, and in which of the two formats it is answered. */
export interface OnceOptions {
  readonly config: AgentConfig;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly format: 'prometheus' | 'influx';
}

// As long as the slowest source may take to open: the inventory of the machine.
const DEADLINE_MS = 25_000;
// Samplers that tell what jobs do with GPUs, and what the node draws, need to know them; they wait no longer than this.
const GPUS_MS = 10_000;

/** One reading of every sampler, as text; who has not answered by the deadline is named in the log and left out. */
export async function readOnce({ config, host, clock, log, format }: OnceOptions): Promise<string> {
  const readings = openReadings(nodeLabels(config));
  const ending = new AbortController();
  const gpus = openGpuBoard();
  const samplers = config.samplers.map((enabled) => openSampler(enabled, { host, readings, clock, log, gpus, signal: ending.signal }));
  const waiting = new Set(samplers.map(({ name }) => name));
  await takeGpus(samplers, clock);
  const time = clock.wall();
  for (const sampler of samplers) if (sampler.name !== 'gpu') sampler.take();
  const all = samplers.map(async (sampler) => {
    await sampler.settled();
    waiting.delete(sampler.name);
  });
  let cancel = nothing;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(DEADLINE_MS, () => {
      log.warn(`no answer within ${DEADLINE_MS / 1000} s from ${[...waiting].join(', ')}`);
      resolve();
    });
  });
  await Promise.race([Promise.all(all), late]);
  cancel();
  const text = format === 'prometheus' ? renderReading(readings) : undefined;
  readings.endRound(time);
  ending.abort();
  await Promise.all(samplers.map((sampler) => sampler.close()));
  if (text !== undefined) return text;
  const writer = lineWriter();
  readings.encode(writer);
  return writer.written().toString();
}

async function takeGpus(samplers: readonly Supervised[], clock: Clock): Promise<void> {
  const sampler = samplers.find(({ name }) => name === 'gpu');
  if (sampler === undefined) return;
  sampler.take();
  let cancel = nothing;
  await Promise.race([sampler.settled(), new Promise<void>((resolve) => (cancel = clock.after(GPUS_MS, resolve)))]);
  cancel();
}

function nothing(): void {
  // Nothing to cancel yet.
}
