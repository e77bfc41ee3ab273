import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../collector.ts';
import { startInfluxd } from '../../services/influxd.ts';
import type { Service } from '../../services/service.ts';
import { startVictoriaMetrics } from '../../services/victoria-metrics.ts';
import type { BenchRow, Result } from '../bench-row.ts';
import { median, shown, spread } from '../numbers.ts';
import { ownMetric, startCollector } from '../ours.ts';
import { processSeconds } from '../process-cost.ts';
import { countValues, RECORDED_NODE, recordBatches, retimed } from '../recording.ts';

const CONNECTIONS = 16;
/** How long the peers have for what they do behind their answers. */
const SETTLE_MS = 5000;

/** The same gzipped bodies into a fresh server each time: ours, VictoriaMetrics, InfluxDB, and again. */
export const ingestRow: BenchRow = {
  name: 'ingest',
  summary: 'values per CPU second of the server, from gzip to disk, against VictoriaMetrics and InfluxDB',
  needs: ['victoria-metrics', 'influxd'],
  async run(options) {
    const load = await makeLoad(options.quick ? 20 : 200, options.quick ? 6 : 60);
    options.progress(`${load.bodies.length} bodies of ${shown(load.values / load.bodies.length)} values`);
    const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
    const versions = new Map<string, string>();
    for (let run = 0; run < options.runs; run++) {
      for (const side of sides) {
        const server = await side.start();
        try {
          versions.set(side.name, server.version);
          const rate = await measure(server, load);
          rates.get(side.name)?.push(rate / 1e6);
          options.progress(`${server.version}: ${shown(rate / 1e6)} M values per CPU second`);
        } finally {
          await server.stop();
        }
      }
    }
    const result = (budget: string, peer: string): Result => {
      const [ours = [], theirs = []] = [rates.get('vigie'), rates.get(peer)];
      return {
        budget,
        what: `ingest to disk against ${peer}`,
        ours: spread(ours, ' M/CPU s'),
        peer: `${spread(theirs, ' M/CPU s')} ${versions.get(peer)}`,
        value: median(ours.map((rate, at) => rate / (theirs[at] ?? Number.NaN))),
      };
    };
    return [result('ingest-victoria', 'victoria-metrics'), result('ingest-influx', 'influxd')];
  },
};

/** A server that takes line protocol. */
interface Taker {
  readonly version: string;
  readonly pid: number;
  readonly writeUrl: URL;
  /** Resolves once all that was acknowledged is where it stays. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

function peerOf(server: Service, path: string): Taker {
  const { version, pid, url } = server;
  return { version, pid, writeUrl: new URL(path, url), settled: () => pause(SETTLE_MS), stop: () => server.stop() };
}

const sides: readonly { readonly name: string; start(): Promise<Taker> }[] = [
  {
    name: 'vigie',
    async start() {
      const folder = temporaryFolder();
      // The same settling time as the peers have; at this rate commits come by the number of their rows anyway.
      const collector = await startCollector(folder.path, { config: { stores: { duckdb: { commit: '5s' } } } });
      return {
        version: 'vigie',
        pid: collector.pid,
        writeUrl: new URL('/write?precision=ms', collector.url),
        async settled() {
          do await pause(1000);
          while ((await ownMetric(collector.url, 'vigie_collector_pending_samples')) > 0);
        },
        async stop() {
          await collector.stop();
          folder.remove();
        },
      };
    },
  },
  {
    name: 'victoria-metrics',
    async start() {
      return peerOf(await startVictoriaMetrics(), '/write?precision=ms');
    },
  },
  {
    name: 'influxd',
    async start() {
      const server = await startInfluxd();
      await fetch(`${server.url}/query?q=${encodeURIComponent('CREATE DATABASE bench')}`, { method: 'POST' });
      return peerOf(server, '/write?db=bench&precision=ms');
    },
  },
];

/** Bodies in the order of their times, and the values in all of them. */
interface Load {
  readonly bodies: readonly Buffer[];
  readonly values: number;
}

// Recorded batches under as many names as there are nodes.
async function makeLoad(nodes: number, batches: number): Promise<Load> {
  const recorded = await recordBatches(Math.min(8, batches));
  const start = Math.floor(Date.now() / 1000) * 1000 - batches * 10_000;
  const bodies: Buffer[] = [];
  let values = 0;
  for (let batch = 0; batch < batches; batch++) {
    const text = retimed(recorded[batch % recorded.length] ?? '', start + batch * 10_000);
    values += countValues(text) * nodes;
    for (let node = 0; node < nodes; node++) bodies.push(gzipSync(text.replaceAll(RECORDED_NODE, `node${node}`)));
  }
  return { bodies, values };
}

// The first half fills caches and makes the series; the second is what counts.
async function measure(server: Taker, { bodies, values }: Load): Promise<number> {
  const half = bodies.length >> 1;
  await send(server.writeUrl, bodies.slice(0, half));
  await server.settled();
  const before = processSeconds(server.pid);
  await send(server.writeUrl, bodies.slice(half));
  await server.settled();
  return values / 2 / (processSeconds(server.pid) - before);
}

async function send(url: URL, bodies: readonly Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const left = bodies.values();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const body of left) await post(agent, url, body);
    }),
  );
  agent.destroy();
}

function post(agent: Agent, url: URL, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': body.length };
    const posting = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 204 ? resolve() : reject(new Error(`${url.href} answered ${answer.statusCode}`))));
    });
    posting.on('error', reject);
    posting.end(body);
  });
}
