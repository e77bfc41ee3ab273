import { setTimeout as sleep } from 'node:timers/promises';
import { Transient, Unavailable } from '../../contract/errors.ts';
import { openFeed } from '../../probe/feed.ts';
import type { FeedOptions } from '../../probe/feed.ts';
import type { GpuProbeConfig } from '../../probe/gpu/sources.ts';
import { runtimeMetrics } from '../../runtime-metrics.ts';
import type { Sampler, SamplerContext } from '../../sampler.ts';
import { findTraces } from './present.ts';
import type { GpuReading } from './reading.ts';
import { openSheets } from './sheets.ts';

/** What the configuration says of GPUs. */
export type GpuOptions = Omit<GpuProbeConfig, 'root' | 'period'>;

// As long as drivers may take to wake their cards, and less than `--once` waits for a sampler.
const FIRST_READING_MS = 20_000;
const WAIT_MS = 200;

/**
 * Opens the sampler of GPUs with the program that reads them; nothing is started before the first round.
 *
 * @throws Unavailable where nothing shows that there is a GPU.
 */
export function openGpuSampler(
  context: SamplerContext<GpuOptions>,
  command: readonly string[],
  deadlines: Partial<FeedOptions> = {},
): Sampler {
  const { host, options, period, signal, series } = context;
  needTraces(context);
  const config: GpuProbeConfig = { ...options, root: host.root, period };
  const feed = openFeed<GpuReading>({ ...deadlines, name: 'gpu', command, config, period });
  const sheets = openSheets(context);
  const hung = series(runtimeMetrics.vigie_agent_probe_hung, { probe: 'gpu' });
  let waitedFirst = false;

  const look = (): string | undefined => {
    const { readings, trouble, unavailable } = feed.take();
    for (const reading of readings) sheets.show(reading);
    sheets.sweep(host.now());
    if (unavailable !== undefined) throw new Unavailable(unavailable);
    hung.set(feed.hung() ? 1 : 0);
    return trouble;
  };
  // The first reading is waited for, so that one that is taken alone (`--once`) has it.
  const takeFirst = async (): Promise<void> => {
    waitedFirst = true;
    let trouble = look();
    let settled = false;
    const settling = feed.settled().then(() => (settled = true));
    for (let waited = 0; waited < FIRST_READING_MS && !settled && trouble === undefined && !signal.aborted; waited += WAIT_MS) {
      await Promise.race([settling, sleep(WAIT_MS)]);
      trouble = look();
    }
    judge(trouble);
  };

  return {
    mends: true,
    sample: () => (waitedFirst ? judge(look()) : takeFirst()),
    async close() {
      await feed.close();
      sheets.close();
    },
  };
}

function needTraces({ host, options }: SamplerContext<GpuOptions>): void {
  if (options.nvml !== undefined || options.nvidia_smi !== undefined || options.commands.length > 0 || options.command !== undefined)
    return;
  const { nvidia, amd, intel } = findTraces(host);
  if ((nvidia !== undefined && options.nvidia !== 'off') || amd.length > 0 || intel.length > 0) return;
  throw new Unavailable('no driver of NVIDIA and no card of AMD or Intel here');
}

function judge(trouble: string | undefined): void {
  if (trouble !== undefined) throw new Transient(trouble);
}
