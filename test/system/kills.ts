import { seeded } from '../../agent/contract/seeded.ts';
import { askCollector, askInflux } from './kills/answers.ts';
import type { Ask } from './kills/answers.ts';
import { FAULTS, makeFaults } from './kills/faults.ts';
import type { Tally } from './kills/faults.ts';
import { addVerdicts, judge, noVerdict } from './kills/judge.ts';
import type { Verdict } from './kills/judge.ts';
import { readJournal, seriesOf } from './kills/oracle.ts';
import { openScene } from './kills/scene.ts';
import type { Scene } from './kills/scene.ts';

/** How a run of faults is made; the same seed chooses the same faults. */
export interface KillOptions {
  readonly faults: number;
  readonly seed: number;
  /** Whether InfluxDB is a required store beside the embedded one, which alone answers sooner. */
  readonly influxdb: boolean;
}

/** What came of a run. */
export interface KillReport {
  readonly tally: Tally;
  readonly seconds: number;
  /** By store. */
  readonly verdicts: Readonly<Partial<Record<'duckdb' | 'influxdb', Verdict>>>;
  /** Processes that ended although nobody killed them, agents that have not emptied their spools. */
  readonly unexpected: readonly string[];
}

/** A run whose processes are still there to be asked. */
export interface KillRun {
  readonly report: KillReport;
  readonly scene: Scene;
  /** Asks the stores again. */
  verdicts(): Promise<KillReport['verdicts']>;
  close(): Promise<void>;
}

const AGENTS = 3;
const PERIOD_MS = 100;
const PUSH_MS = 500;
/** The longest pause between two faults. */
const PAUSE_MS = 1000;
/** How long the agents may take to empty their spools once nothing disturbs them. */
const DRAIN_MS = 120_000;

/** Runs agents, collector and stores, makes the faults, waits until the spools are empty, and asks the stores. */
export async function runKills({ faults, seed, influxdb }: KillOptions): Promise<KillRun> {
  const began = performance.now();
  const scene = await openScene({ agents: AGENTS, period: PERIOD_MS, push: PUSH_MS, influxdb });
  try {
    const tally = await makeFaults(scene, { faults, random: seeded(seed), pauseMs: PAUSE_MS });
    await scene.ready();
    const stuck = await drain(scene);
    const verdicts = (): Promise<KillReport['verdicts']> => judgeStores(scene);
    const report = {
      tally,
      verdicts: await verdicts(),
      seconds: (performance.now() - began) / 1000,
      unexpected: [...scene.unexpected, ...stuck],
    };
    return { report, scene, verdicts, close: () => scene.close() };
  } catch (error) {
    await scene.close();
    throw error;
  }
}

async function drain({ agents }: Scene): Promise<string[]> {
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), DRAIN_MS).unref());
  const outcomes = await Promise.all(
    agents.map(async (agent) => {
      agent.signal('SIGUSR2');
      const ended = await Promise.race([agent.ended(), late]);
      return ended === 0 ? [] : [`${agent.name} has not emptied its spool (${ended}): ${agent.output().slice(-2000)}`];
    }),
  );
  return outcomes.flat();
}

async function judgeStores(scene: Scene): Promise<KillReport['verdicts']> {
  const duckdb = await judgeStore(scene, askCollector(scene.url));
  if (scene.store === undefined) return { duckdb };
  const { influxd, database } = scene.store;
  return { duckdb, influxdb: await judgeStore(scene, askInflux(influxd.url, database)) };
}

async function judgeStore({ agents }: Scene, ask: Ask): Promise<Verdict> {
  let verdict = noVerdict();
  for (const { name, journal } of agents) {
    const noted = readJournal(journal);
    for (const series of seriesOf(name)) verdict = addVerdicts(verdict, judge(series, noted, await ask(series)));
  }
  return verdict;
}

/** The faults of a report, counted. */
export function faultsOf({ tally }: KillReport): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

/** Every sample that is not as it should be in a store's answers, in words. */
export function wrongsOf({ verdicts }: KillReport): string[] {
  return Object.entries(verdicts).flatMap(([store, { lost, undelivered, changed, doubled }]) => [
    ...lost.map((sample) => `${store} has lost ${sample}`),
    ...undelivered.map((sample) => `${store} was not brought ${sample}`),
    ...changed.map((sample) => `${store} has changed ${sample}`),
    ...doubled.map((sample) => `${store} has doubled ${sample}`),
  ]);
}

/** What happened, for people. */
export function killsText(report: KillReport): string {
  const lines = FAULTS.flatMap((fault) => {
    const count = report.tally[fault];
    return count === undefined ? [] : [`  ${String(count).padStart(5)}  ${fault}`];
  });
  for (const [store, verdict] of Object.entries(report.verdicts)) {
    const { expected, acknowledged, lost, undelivered, changed, doubled, unnoted } = verdict;
    lines.push(
      `  ${store}: of ${acknowledged} acknowledged samples ${lost.length} lost; of ${expected} spooled ${undelivered.length + lost.length} missing; ` +
        `${changed.length} changed, ${doubled.length} doubled; ${unnoted} spooled in the moment of a kill`,
    );
  }
  lines.push(
    ...wrongsOf(report)
      .slice(0, 10)
      .map((wrong) => `    ${wrong}`),
    ...report.unexpected.map((fault) => `  unexpected: ${fault}`),
  );
  return [`${faultsOf(report)} faults in ${report.seconds.toFixed(0)} s`, ...lines].join('\n');
}
