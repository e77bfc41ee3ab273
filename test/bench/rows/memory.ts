import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../../collector.ts';
import { startPrometheus } from '../../services/prometheus.ts';
import type { BenchRow } from '../bench-row.ts';
import { committed, feed } from '../feed.ts';
import { recordRound } from '../load/recorded-round.ts';
import type { RecordedRound } from '../load/recorded-round.ts';
import { median, shown, spread } from '../numbers.ts';
import { startCollector } from '../ours.ts';
import { memoryOf } from '../process-cost.ts';
import { RECORDED_NODE } from '../recording.ts';

const SERIES = 100_000;
const PERIOD_MS = 5_000;
/** After its start, until memory stays as it is. */
const SETTLE_MS = 2_000;
/** Each side starts anew and is filled for a minute, and memory hardly differs from one time to the next. */
const MOST_RUNS = 3;

/** All memory of the process for each series that is being written to, the collector's and Prometheus's. */
export const memoryRow: BenchRow = {
  name: 'memory',
  summary: 'memory of the collector per active series at 100 000, against Prometheus scraping the same',
  needs: ['prometheus'],
  async run(options) {
    const round = await recordRound(options.quick ? SERIES / 20 : SERIES);
    const rounds = options.quick ? 2 : 12;
    const ours: Filled[] = [];
    const theirs: Filled[] = [];
    let version = '';
    for (let run = 0; run < Math.min(options.runs, MOST_RUNS); run++) {
      ours.push(await fillOurs(round, rounds, options.quick));
      const peer = await fillPrometheus(round, rounds);
      theirs.push(peer);
      ({ version } = peer);
      options.progress(`${inWords(ours.slice(-1))}; Prometheus ${inWords(theirs.slice(-1))}`);
    }
    return [
      {
        budget: 'memory-series',
        what: `memory per active series at ${round.nodes * round.values}`,
        ours: inWords(ours),
        peer: `${inWords(theirs)} ${version}`,
        value: median(ours.map(({ bytes }) => bytes)) / median(theirs.map(({ bytes }) => bytes)),
      },
    ];
  },
};

/** Resident memory of a process for each series: all of it, and what it had before there was one. */
interface Filled {
  readonly bytes: number;
  readonly idle: number;
}

function inWords(runs: readonly Filled[]): string {
  return `${spread(
    runs.map(({ bytes }) => bytes),
    ' B',
  )}, ${shown(median(runs.map(({ idle }) => idle)))} B of it without any`;
}

/** Resident bytes for each series. */
function bytesOf(pid: number, { nodes, values }: RecordedRound): number {
  return (memoryOf(pid).resident * 2 ** 20) / (nodes * values);
}

async function fillOurs(round: RecordedRound, rounds: number, quick: boolean): Promise<Filled> {
  const folder = temporaryFolder();
  const collector = await startCollector(folder.path, quick ? { config: { stores: { duckdb: { commit: '1s' } } } } : {});
  const bodies = function* (time: number): Iterable<Uint8Array> {
    for (let node = 0; node < round.nodes; node++) {
      yield Buffer.from(round.text.replaceAll(RECORDED_NODE, `node${node}`).replaceAll('@', String(time)));
    }
  };
  try {
    await pause(SETTLE_MS);
    const idle = bytesOf(collector.pid, round);
    for (let at = 0; at < rounds; at++) {
      const due = performance.now() + PERIOD_MS;
      await feed(collector.url, bodies(Date.now()));
      await pause(Math.max(0, due - performance.now()));
    }
    await committed(collector.url);
    return { bytes: bytesOf(collector.pid, round), idle };
  } finally {
    await collector.stop();
    folder.remove();
  }
}

async function fillPrometheus(round: RecordedRound, rounds: number): Promise<Filled & { readonly version: string }> {
  const page = await pageOf(round);
  let scrapes = 0;
  const server = createServer((_, response) => {
    scrapes++;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const prometheus = await startPrometheus(
    [
      `global: { scrape_interval: ${PERIOD_MS / 1000}s, scrape_timeout: ${PERIOD_MS / 1000}s }`,
      'scrape_configs:',
      '- job_name: bench',
      '  honor_labels: true',
      `  static_configs: [{ targets: ["${target}"] }]`,
    ].join('\n'),
  );
  try {
    const idle = bytesOf(prometheus.pid, round);
    while (scrapes <= rounds) await pause(500);
    return { bytes: bytesOf(prometheus.pid, round), idle, version: prometheus.version };
  } finally {
    await prometheus.stop();
    server.close();
    server.closeAllConnections();
  }
}

// As the collector exposes them, so that both have the same series.
async function pageOf(round: RecordedRound): Promise<Buffer> {
  const folder = temporaryFolder();
  const collector = await startCollector(folder.path);
  try {
    const now = String(Date.now());
    const texts = Array.from({ length: round.nodes }, (_, node) =>
      round.text.replaceAll(RECORDED_NODE, `node${node}`).replaceAll('@', now),
    );
    await feed(
      collector.url,
      texts.map((text) => Buffer.from(text)),
    );
    const answer = await fetch(`${collector.url}/metrics`, { signal: AbortSignal.timeout(60_000) });
    return Buffer.from(await answer.arrayBuffer());
  } finally {
    await collector.stop();
    folder.remove();
  }
}
