// Loaded before a server's own code: answers, over the channel of messages, how long its event loop was held since it was last asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 1;

if (isMainThread && process.send !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  process.on('message', (asked) => {
    if (asked !== 'hold') return;
    // What the timer waits anyway is no hold.
    process.send?.({ hold: Math.max(0, histogram.max / 1e6 - RESOLUTION_MS) });
    histogram.reset();
  });
  process.channel?.unref();
}
