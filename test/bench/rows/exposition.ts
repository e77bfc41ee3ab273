import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { post, temporaryFolder } from '../../collector.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { root } from '../checkout.ts';
import { holdOf, WATCH } from '../hold.ts';
import { recordRound } from '../load/recorded-round.ts';
import type { RecordedRound } from '../load/recorded-round.ts';
import { median, shown, spread } from '../numbers.ts';
import { ownMetric, startCollector } from '../ours.ts';
import { cpuSeconds } from '../process-cost.ts';
import { RECORDED_NODE } from '../recording.ts';

const SERIES = 200_000;
/** Scrapes of each side before those that count. */
const WARM_UP = 10;

/** `/metrics` of 200 000 series from the collector, and the same series from a process that holds them in prom-client. */
export const expositionRow: BenchRow = {
  name: 'exposition',
  summary: '/metrics with 200 000 series against prom-client holding the same',
  needs: [],
  async run(options) {
    const folder = temporaryFolder();
    const fleet = await recordRound(options.quick ? SERIES / 10 : SERIES);
    const collector = await startCollector(folder.path, { flags: [WATCH], config: { stores: { duckdb: { commit: '1s' } } } });
    await feed(collector.url, fleet);
    const file = join(folder.path, 'metrics.txt');
    writeFileSync(file, (await scrape(collector.url)).text);
    const peer = await startPromClient(file);
    try {
      const ours = { url: collector.url, child: collector.child };
      const feedOurs = (): Promise<void> => feed(collector.url, fleet);
      return [...(await measureSides(options, ours, peer, feedOurs, seriesIn(file)))];
    } finally {
      peer.child.kill('SIGKILL');
      await collector.stop();
      folder.remove();
    }
  },
};

interface Side {
  readonly url: string;
  readonly child: ChildProcess;
}

async function measureSides(
  { runs, progress }: BenchOptions,
  ours: Side,
  peer: Side,
  feedOurs: () => Promise<void>,
  series: number,
): ReturnType<BenchRow['run']> {
  const scrapes: { ours: Scraped; peer: Scraped }[] = [];
  // A collector is scraped again and again: the first pairs, which compile the code, do not count.
  for (let run = -WARM_UP; run < runs; run++) {
    await feedOurs();
    const pair = { ours: await timedScrape(ours), peer: await timedScrape(peer) };
    if (run < 0) continue;
    scrapes.push(pair);
    progress(`vigie ${told(pair.ours)}; prom-client ${told(pair.peer)}`);
  }
  const all = (side: 'ours' | 'peer', of: keyof Scraped): number[] => scrapes.map((pair) => pair[side][of]);
  const cell = (side: 'ours' | 'peer'): string => `${spread(all(side, 'wall'), ' ms')}, CPU ${shown(median(all(side, 'cpu')))} ms`;
  return [
    {
      budget: 'exposition',
      what: `/metrics with ${series} series`,
      ours: cell('ours'),
      peer: `${cell('peer')} ${promClientVersion()}`,
      value: median(scrapes.map((pair) => pair.ours.wall / pair.peer.wall)),
    },
    {
      budget: 'exposition-hold',
      what: 'longest hold of the event loop meanwhile',
      ours: spread(all('ours', 'hold'), ' ms'),
      peer: `${spread(all('peer', 'hold'), ' ms')} ${promClientVersion()}`,
      value: Math.max(...all('ours', 'hold')),
    },
  ];
}

/** A scrape in milliseconds: until its end at the reader, CPU of the server, the longest hold of its event loop. */
interface Scraped {
  readonly wall: number;
  readonly cpu: number;
  readonly hold: number;
}

function told({ wall, cpu, hold }: Scraped): string {
  return `${shown(wall)} ms, CPU ${shown(cpu)} ms, held ${shown(hold)} ms`;
}

async function timedScrape({ url, child }: Side): Promise<Scraped> {
  await holdOf(child);
  const before = cpuSeconds(child.pid ?? 0);
  const { wall } = await scrape(url);
  const cpu = (cpuSeconds(child.pid ?? 0) - before) * 1000;
  return { wall, cpu, hold: await holdOf(child) };
}

const connections = new Agent({ keepAlive: true, maxSockets: 1 });

function scrape(url: string): Promise<{ readonly wall: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const asking = get(`${url}/metrics`, { agent: connections }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve({ wall: performance.now() - began, text: Buffer.concat(parts).toString() }));
    });
    asking.on('error', reject);
  });
}

async function startPromClient(file: string): Promise<Side> {
  const child = fork(join(root, 'dist/test/bench/load/prom-client-server.js'), [file], { execArgv: [WATCH] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [{ url }] = (await once(child, 'message', { signal: AbortSignal.timeout(120_000) })) as [{ readonly url: string }];
  return { url, child };
}

// Again before every scrape: a node that sends nothing any more leaves the page.
async function feed(url: string, { text, nodes }: RecordedRound): Promise<void> {
  const now = text.replaceAll('@', String(Date.now()));
  const names = Array.from({ length: nodes }, (_, node) => `node${node}`).values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const name of names) {
        const body = gzipSync(now.replaceAll(RECORDED_NODE, name), { level: 1 });
        const { status, text: said } = await post(url, body, { headers: { 'content-encoding': 'gzip' } });
        if (status !== 204) throw new Error(`the collector answered ${status}: ${said}`);
      }
    }),
  );
  // What it still has to commit is another row's matter.
  while ((await ownMetric(url, 'vigie_collector_pending_samples')) > 0) await pause(200);
  await pause(500);
}

function seriesIn(file: string): number {
  return readFileSync(file, 'utf8').match(/^[^#\n]/gm)?.length ?? 0;
}

function promClientVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/prom-client/package.json'), 'utf8')) as { readonly version: string };
  return `prom-client ${version}`;
}
