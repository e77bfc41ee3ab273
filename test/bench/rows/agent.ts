import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../../collector.ts';
import { openProxy } from '../../proxy.ts';
import { startNodeExporter } from '../../services/node-exporter.ts';
import type { Service } from '../../services/service.ts';
import type { BenchOptions, BenchRow, Result } from '../bench-row.ts';
import { median, shown, spread } from '../numbers.ts';
import { bundleAgent, ownMetric, startAgent, startCollector } from '../ours.ts';
import { cpuSeconds, memoryOf } from '../process-cost.ts';
import type { Memory } from '../process-cost.ts';

const WINDOW_MS = 20_000;
const WATCH_MS = 200_000;
const SETTLE_MS = 15_000;
const PUSH_SECONDS = 10;

/** The agent at 1 Hz as its unit starts it, node_exporter scraped at 1 Hz beside it, in the same windows of time. */
export const agentRow: BenchRow = {
  name: 'agent',
  summary: 'CPU and memory of the agent at 1 Hz, and what it sends, against node_exporter scraped at 1 Hz',
  needs: ['prometheus-node-exporter'],
  async run(options) {
    const folder = temporaryFolder();
    const collector = await startCollector(folder.path);
    const wire = await openCounter(Number(new URL(collector.url).port));
    const exporter = await startNodeExporter();
    const scraping = scrape(exporter);
    // Measured at 1 Hz throughout: over its usual budget it would slow down and look the cheaper for it.
    const config = { collector: wire.url, period: '1s', push: `${PUSH_SECONDS}s`, budget: { cpu: '100%' } };
    const agent = startAgent(bundleAgent(folder.path), folder.path, config);
    try {
      const watched = watchMemory(agent.pid);
      await pause(options.quick ? 3000 : SETTLE_MS);
      const began = performance.now();
      const sent = { bytes: wire.bytes(), values: await stored(collector.url) };
      const windows = await measureWindows(agent.pid, exporter.pid, options);
      const left = options.quick ? 0 : WATCH_MS - (performance.now() - began);
      if (left > 0) await pause(left);
      // From one batch to another, so that bytes and values belong together.
      await nextBatch(collector.url);
      const bytesEach = (wire.bytes() - sent.bytes) / ((await stored(collector.url)) - sent.values);
      return [cpuResult(windows, exporter.version), ...memoryResults(watched.stop(), exporter), wireResult(bytesEach)];
    } finally {
      scraping.stop();
      await agent.stop();
      await Promise.all([exporter.stop(), wire.close(), collector.stop()]);
      folder.remove();
    }
  },
};

interface Windows {
  /** CPU seconds a second. */
  readonly agent: number[];
  readonly exporter: number[];
  readonly ratios: number[];
}

// Both run all the time, so one window serves both: whatever else the machine does, it does to both.
async function measureWindows(agent: number, exporter: number, { runs, quick, progress }: BenchOptions): Promise<Windows> {
  const windows: Windows = { agent: [], exporter: [], ratios: [] };
  for (let run = 0; run < runs; run++) {
    const before = { at: performance.now(), agent: cpuSeconds(agent), exporter: cpuSeconds(exporter) };
    await pause(quick ? 3000 : WINDOW_MS);
    const seconds = (performance.now() - before.at) / 1000;
    const used = { agent: (cpuSeconds(agent) - before.agent) / seconds, exporter: (cpuSeconds(exporter) - before.exporter) / seconds };
    windows.agent.push(used.agent);
    windows.exporter.push(used.exporter);
    windows.ratios.push(used.agent / used.exporter);
    progress(`agent ${shown(used.agent * 100)} %, node_exporter ${shown(used.exporter * 100)} % of a core`);
  }
  return windows;
}

function cpuResult({ agent, exporter, ratios }: Windows, version: string): Result {
  return {
    budget: 'agent-cpu',
    what: 'agent CPU at 1 Hz',
    ours: percent(agent),
    peer: `${percent(exporter)} ${version}`,
    value: median(ratios),
  };
}

function percent(shares: readonly number[]): string {
  return spread(
    shares.map((share) => share * 100),
    ' %',
  );
}

function memoryResults(samples: readonly Memory[], exporter: Service): Result[] {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const result = (budget: string, what: string, of: keyof Memory): Result => {
    const first = median(samples.slice(0, third).map((sample) => sample[of]));
    const last = median(samples.slice(-third).map((sample) => sample[of]));
    const peer = memoryOf(exporter.pid)[of];
    return {
      budget,
      what,
      ours: `${shown(last)} MiB (${last >= first ? '+' : ''}${shown(last - first)} in ${samples.length} s)`,
      peer: `${shown(peer)} MiB ${exporter.version}`,
      value: last,
    };
  };
  return [result('agent-private', 'agent anonymous memory', 'private'), result('agent-resident', 'agent resident memory', 'resident')];
}

function wireResult(bytesEach: number): Result {
  return {
    budget: 'wire',
    what: 'bytes on the wire a value, batches of 10 rounds',
    ours: `${shown(bytesEach)} B`,
    peer: 'none',
    value: bytesEach,
  };
}

async function openCounter(port: number): Promise<{ readonly url: string; bytes(): number; close(): Promise<void> }> {
  let bytes = 0;
  const proxy = await openProxy(port, ({ length }) => {
    bytes += length;
    return length;
  });
  return { ...proxy, bytes: () => bytes };
}

function stored(url: string): Promise<number> {
  return ownMetric(url, 'vigie_collector_written_samples_total\\{store="duckdb"\\}');
}

async function nextBatch(url: string): Promise<void> {
  const before = await stored(url);
  for (let waited = 0; waited < 3 * PUSH_SECONDS; waited++) {
    if ((await stored(url)) > before) return;
    await pause(1000);
  }
  throw new Error('the agent sends nothing');
}

function watchMemory(pid: number): { stop(): Memory[] } {
  const samples: Memory[] = [];
  const timer = setInterval(() => samples.push(memoryOf(pid)), 1000);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

// As Prometheus does: one kept connection, gzip asked for.
function scrape({ url }: Service): { stop(): void } {
  const timer = setInterval(() => {
    const asking = request(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip' } }, (answer) => answer.resume());
    asking.on('error', (error) => process.stderr.write(`node_exporter: ${error.message}\n`));
    asking.end();
  }, 1000);
  return { stop: () => clearInterval(timer) };
}
