import { openHost } from '../../host.ts';
import type { GpuReading } from '../../samplers/gpu/reading.ts';
import { runFeed } from '../feed-child.ts';
import type { FeedSurroundings } from '../feed-child.ts';
import { readOnTime } from '../on-time.ts';
import { openGroup } from './group.ts';
import type { SourceGroup } from './group.ts';
import { sourceGroups } from './sources.ts';
import type { GpuProbeConfig } from './sources.ts';

/** The child's side of the GPU probe (`--probe gpu`): reads the GPUs with the best source of each vendor and feeds the agent. */
export function runGpuProbe(): void {
  runFeed<GpuReading>((config, surroundings) => {
    const own = config as GpuProbeConfig;
    return feedGpus(sourceGroups(own), own, surroundings);
  });
}

/** Reads every group on time and says what it reads, until the signal ends it; says so where the node has none of the sources. */
export async function feedGpus(
  groups: readonly SourceGroup[],
  { root, period }: Pick<GpuProbeConfig, 'root' | 'period'>,
  { say, calling, signal }: FeedSurroundings<GpuReading>,
): Promise<void> {
  let quiet = true;
  const context = { host: openHost(root), calling, signal };
  const open = groups.map((group) =>
    openGroup(group, context, (line) => {
      quiet = false;
      say(line);
    }),
  );
  try {
    for (const group of open) await group.open();
    if (open.every((group) => group.missing !== undefined)) {
      say({ unavailable: open.map((group) => group.missing).join('; ') });
      return;
    }
    // Word every period, so that a slow source is not taken for a silent child.
    const beat = readOnTime(
      () => period,
      signal,
      () => {
        if (quiet) say({ alive: true });
        quiet = true;
      },
    );
    const first = open.map((group) => group.take());
    const ready = Promise.all(first).then(() => say({ ready: true }));
    const reading = open.map(async (group, at) => {
      await first[at];
      await readOnTime(
        () => group.period,
        signal,
        () => group.take(),
      );
    });
    await Promise.all([ready, beat, ...reading]);
  } finally {
    await Promise.all(open.map((group) => group.close()));
  }
}
