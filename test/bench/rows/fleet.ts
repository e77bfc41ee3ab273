import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { exported, temporaryFolder } from '../../collector.ts';
import type { BenchOptions, BenchRow, Result } from '../bench-row.ts';
import { root } from '../checkout.ts';
import { makeTemplate } from '../load/fleet-template.ts';
import { CHECKED, checkedValue, nodeName, ROUNDS_EACH } from '../load/fleet-values.ts';
import type { FleetReport } from '../load/fleet-values.ts';
import { median, shown } from '../numbers.ts';
import { startCollector } from '../ours.ts';
import { memoryOf, processSeconds } from '../process-cost.ts';
import { recordBatches } from '../recording.ts';

const VALUES = 170;
/** Nodes whose samples are compared one by one. */
const CHECKED_NODES = 20;

/** One collector under a simulated fleet at 1 Hz: does it keep up, does it keep all, does it grow. */
export const fleetRow: BenchRow = {
  name: 'fleet',
  summary: 'one collector under simulated nodes of 170 values at 1 Hz (--nodes N, --minutes M)',
  needs: [],
  async run(options) {
    const nodes = options.quick ? Math.min(options.nodes, 200) : options.nodes;
    const seconds = options.quick ? 20 : options.minutes * 60;
    const folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const template = join(folder.path, 'template');
    const [batch = ''] = await recordBatches(1);
    writeFileSync(template, makeTemplate(batch, VALUES));
    const collector = await startCollector(data);
    try {
      const watch = watchCollector(collector.pid);
      const report = await runLoad(collector.url, nodes, seconds, template);
      const cost = watch.stop();
      const wrong = await checkNodes(collector.url, nodes, report);
      await collector.stop();
      const stored = await countStored(join(data, 'duckdb'), report.again > 0);
      return results(options, { nodes, report, cost, wrong, stored });
    } finally {
      await collector.stop();
      folder.remove();
    }
  },
};

interface Cost {
  readonly resident: readonly number[];
  /** CPU seconds a second. */
  readonly cpu: number;
}

interface Measured {
  readonly nodes: number;
  readonly report: FleetReport;
  readonly cost: Cost;
  readonly wrong: number;
  readonly stored: number;
}

function results({ progress }: BenchOptions, { nodes, report, cost, wrong, stored }: Measured): Result[] {
  const third = Math.max(1, Math.floor(cost.resident.length / 3));
  const first = median(cost.resident.slice(0, third));
  const last = median(cost.resident.slice(-third));
  const lost = Math.abs(report.values - stored) + wrong;
  const told = `acknowledged after ${shown(report.p50)} ms, 99 % within ${shown(report.p99)} ms, all within ${shown(report.worst)} ms`;
  progress(
    `${report.posts} batches, ${report.again} posts came again, ${report.given} given up, at most ${shown(report.late)} ms late; ${told}`,
  );
  for (const reason of report.reasons.slice(0, 5)) progress(`  ${reason}`);
  // A fleet of which batches come later than their successors is more than the collector carries.
  const carried = report.given === 0 && report.worst < 10_000 && report.late < 10_000 && lost === 0 ? nodes : 0;
  const minutes = `${shown(report.batches / 6)} min`;
  return [
    {
      budget: 'fleet-nodes',
      what: `nodes of ${VALUES} values at 1 Hz carried for ${minutes}`,
      ours: `${nodes} asked, ${shown(cost.cpu * 100)} % of a core, ack ${shown(report.p50)}/${shown(report.p99)} ms`,
      peer: 'none',
      value: carried,
    },
    {
      budget: 'fleet-lost',
      what: 'their samples lost, changed or doubled',
      ours: `${stored} stored of ${report.values}, ${wrong} of ${Math.min(nodes, CHECKED_NODES)} nodes' wrong`,
      peer: 'none',
      value: lost,
    },
    {
      budget: 'fleet-memory',
      what: `resident memory, last third of ${minutes} against first`,
      ours: `${shown(first)} → ${shown(last)} MiB, at most ${shown(Math.max(...cost.resident))}`,
      peer: 'none',
      value: last / first,
    },
  ];
}

async function runLoad(url: string, nodes: number, seconds: number, template: string): Promise<FleetReport> {
  const child = fork(join(root, 'dist/test/bench/load/fleet-load.js'), [url, String(nodes), String(seconds), template]);
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${String(code)}`)));
  // After its report it ends too, which is no failure.
  failed.catch(() => process.off('exit', end));
  const [report] = (await Promise.race([once(child, 'message'), failed])) as [FleetReport];
  return report;
}

function watchCollector(pid: number): { stop(): Cost } {
  const resident: number[] = [];
  const timer = setInterval(() => resident.push(memoryOf(pid).resident), 1000);
  const before = { at: performance.now(), cpu: processSeconds(pid) };
  return {
    stop() {
      clearInterval(timer);
      return { resident, cpu: ((processSeconds(pid) - before.cpu) / (performance.now() - before.at)) * 1000 };
    },
  };
}

/** How many samples of some nodes are not as they were sent. */
async function checkNodes(url: string, nodes: number, { start, batches }: FleetReport): Promise<number> {
  const rounds = batches * ROUNDS_EACH;
  let wrong = 0;
  for (let at = 0; at < Math.min(nodes, CHECKED_NODES); at++) {
    const node = Math.floor((at * nodes) / CHECKED_NODES) % nodes;
    const [series] = await exported(url, `${CHECKED.measurement}_${CHECKED.field}{instance="${nodeName(node)}"}`);
    const { timestamps = [], values = [] } = series ?? {};
    wrong += Math.abs(rounds - timestamps.length);
    values.forEach((value, round) => {
      if (value !== checkedValue(node, round) || timestamps[round] !== start + round * 1000) wrong++;
    });
  }
  return wrong;
}

/** Samples in the files of a store that has ended; each time of a series once, where posts came twice. */
async function countStored(directory: string, twice: boolean): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '4GiB' });
  const connection = await instance.connect();
  let count = 0;
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.duckdb'))) {
    await connection.run(`ATTACH '${join(directory, file).replaceAll("'", "''")}' AS day (READ_ONLY)`);
    const samples = twice
      ? '(SELECT DISTINCT s.name, s.labels, epoch_ms(time) FROM day.samples JOIN day.series s ON s.id = samples.series)'
      : 'day.samples';
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${samples}`);
    count += Number(reader.getRows()[0]?.[0]);
    await connection.run('DETACH day');
  }
  connection.closeSync();
  instance.closeSync();
  return count;
}
