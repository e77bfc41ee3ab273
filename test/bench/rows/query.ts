import { temporaryFolder } from '../../collector.ts';
import { startPrometheus } from '../../services/prometheus.ts';
import type { BenchOptions, BenchRow, Result } from '../bench-row.ts';
import { committed, feed } from '../feed.ts';
import { gridLines, gridOpenMetrics, makeGrid, nodePanels } from '../load/grid.ts';
import { askTimed } from '../load/timed-questions.ts';
import type { TimedQuestion } from '../load/timed-questions.ts';
import { median, spread } from '../numbers.ts';
import { startCollector } from '../ours.ts';

const PERIOD_MS = 15_000;
const HOUR_MS = 3_600_000;
/** Pairs before those that count: a collector is asked again and again, and the first questions compile the code. */
const WARM_UP = 10;
/** Of so many nodes one has the series of a dashboard; the others have those that the fleet is asked about. */
const DRAWN_OF = 10;

/** The same questions about the same samples, asked in turn of the collector and of Prometheus. */
export const queryRow: BenchRow = {
  name: 'query',
  summary: 'a question about 200 nodes and a node’s dashboard, against Prometheus with the same samples',
  needs: ['prometheus', 'promtool'],
  async run(options) {
    const nodes = Array.from({ length: options.quick ? 20 : 200 }, (_, at) => ({ name: `node${at}`, isDrawn: at % DRAWN_OF === 0 }));
    const hours = options.quick ? 1.5 : 6;
    const end = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
    const begin = end - hours * HOUR_MS;
    const grid = makeGrid(nodes, begin - 600_000 + 137, PERIOD_MS, (hours * HOUR_MS + 600_000) / PERIOD_MS);
    options.progress(`${grid.series.length} series of ${grid.count} samples`);
    const folder = temporaryFolder();
    const collector = await startCollector(folder.path, { config: { stores: { duckdb: { commit: '1s' } } } });
    try {
      await feed(collector.url, gridLines(grid));
      await committed(collector.url);
      const prometheus = await startPrometheus('', { openMetrics: gridOpenMetrics(grid) });
      try {
        const peer = { url: prometheus.url, version: prometheus.version };
        const fleet = { expressions: ['sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m]))'], start: begin, end, step: 60 };
        const node = { expressions: nodePanels('node0'), start: end - HOUR_MS, end, step: 15 };
        return [
          await measure(options, collector.url, peer, fleet, {
            budget: 'query-fleet',
            what: `${nodes.length} nodes' rates over ${hours} h`,
          }),
          await measure(options, collector.url, peer, node, { budget: 'query-node', what: "one node's 12 panels over 1 h" }),
        ];
      } finally {
        await prometheus.stop();
      }
    } finally {
      await collector.stop();
      folder.remove();
    }
  },
};

async function measure(
  options: BenchOptions,
  url: string,
  peer: { readonly url: string; readonly version: string },
  asked: TimedQuestion,
  named: Pick<Result, 'budget' | 'what'>,
): Promise<Result> {
  const question = { ...asked, start: asked.start / 1000, end: asked.end / 1000 };
  const first = [await askTimed(url, question), await askTimed(peer.url, question)] as const;
  if (first[0].series !== first[1].series || first[0].values !== first[1].values || first[0].values === 0) {
    throw new Error(`the answers differ: ${JSON.stringify(first)}`);
  }
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let run = -WARM_UP; run < options.runs; run++) {
    const pair = [(await askTimed(url, question)).wall, (await askTimed(peer.url, question)).wall] as const;
    if (run < 0) continue;
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
  options.progress(`${named.what}: ${first[0].series} series, ${first[0].values} values; ${spread(ours, ' ms')}, ${spread(theirs, ' ms')}`);
  return { ...named, ours: spread(ours, ' ms'), peer: `${spread(theirs, ' ms')} ${peer.version}`, value: median(ours) / median(theirs) };
}
