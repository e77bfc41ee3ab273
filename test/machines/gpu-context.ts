import { onTestFinished } from 'vitest';
import { openHost } from '../../agent/host.ts';
import type { GpuSourceContext } from '../../agent/probe/gpu/source.ts';

/** What a GPU source is opened with for one test; its signal ends with the test. */
export function gpuContext(root: string, { period = 1000, now = Date.now } = {}): GpuSourceContext {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return { host: openHost(root, now), period, calling: () => undefined, signal: stop.signal };
}
