import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProgram, temporaryFolder } from '../../collector.ts';
import type { Running } from '../../collector.ts';
import { freePort } from '../../services/free-port.ts';
import { startInfluxd } from '../../services/influxd.ts';
import type { Service } from '../../services/service.ts';
import { openCutter } from './cutter.ts';
import type { Cutter } from './cutter.ts';

/** A process of ours that is killed and started again. */
export interface Victim {
  readonly name: string;
  start(): void;
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit status of the run that runs now. */
  ended(): Promise<number | null>;
  /** What it printed, all runs together. */
  output(): string;
}

/** An InfluxDB that the collector reaches through a proxy. */
export interface StoreServer {
  readonly influxd: Service;
  readonly database: string;
  readonly back: Cutter;
}

/** Agents, collector and store server as real processes, and the proxies between them. */
export interface Scene {
  readonly agents: readonly (Victim & { readonly journal: string })[];
  readonly collector: Victim;
  /** Between agents and collector. */
  readonly front: Cutter;
  /** InfluxDB beside the embedded store, where it takes part. */
  readonly store: StoreServer | undefined;
  /** The collector itself, not through a proxy. */
  readonly url: string;
  /** Runs that ended although nobody killed them. */
  readonly unexpected: readonly string[];
  /** Resolves once the collector says that it is ready. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const DATABASE = 'kills';
const READY_MS = 60_000;

/** What a scene is made of. */
export interface SceneOptions {
  readonly agents: number;
  /** Milliseconds. */
  readonly period: number;
  readonly push: number;
  /** Whether InfluxDB is a required store beside the embedded one. */
  readonly influxdb: boolean;
}

/** Starts everything. */
export async function openScene({ agents, period, push, influxdb }: SceneOptions): Promise<Scene> {
  const folder = temporaryFolder();
  const unexpected: string[] = [];
  const store = influxdb ? await openStoreServer() : undefined;
  const port = await freePort();
  const front = await openCutter(port);
  const url = `http://127.0.0.1:${port}`;
  const collectorDir = join(folder.path, 'collector');
  mkdirSync(collectorDir);
  const config = join(collectorDir, 'collector.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      listen: `127.0.0.1:${port}`,
      data: collectorDir,
      stores: {
        duckdb: { commit: '500ms' },
        ...(store === undefined ? {} : { influxdb: { url: store.back.url, database: DATABASE, version: '1' } }),
      },
    }),
  );
  const collector = victim('collector', unexpected, () =>
    startProgram('collector/cli/main.js', ['start', '--no-agent', '--config', config]),
  );
  const nodes = Array.from({ length: agents }, (_, at) => {
    const name = `oracle${at}`;
    const directory = join(folder.path, name);
    mkdirSync(directory);
    const args = [name, front.url, directory, String(period), String(push)];
    return {
      ...victim(name, unexpected, () => startProgram('test/system/kills/oracle-agent.js', args)),
      journal: join(directory, 'journal'),
    };
  });
  collector.start();
  for (const node of nodes) node.start();

  const scene: Scene = {
    agents: nodes,
    collector,
    front,
    store,
    url,
    unexpected,
    async ready() {
      const deadline = Date.now() + READY_MS;
      while (!(await isReady(url))) {
        if (Date.now() > deadline)
          throw new Error(`the collector is not ready after ${READY_MS / 1000} s: ${collector.output().slice(-2000)}`);
        await pause(50);
      }
    },
    async close() {
      await Promise.all([...nodes, collector].map((one) => one.kill()));
      await Promise.all([front.close(), store?.back.close()]);
      await store?.influxd.stop();
      folder.remove();
    },
  };
  await scene.ready();
  return scene;
}

async function openStoreServer(): Promise<StoreServer> {
  const influxd = await startInfluxd();
  return { influxd, database: DATABASE, back: await openCutter(influxd.port) };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not there yet; the caller has the deadline.
    return false;
  }
}

function victim(name: string, unexpected: string[], begin: () => Running): Victim {
  let running: Running | undefined;
  let output = '';
  return {
    name,
    start() {
      const run = begin();
      running = run;
      run.child.once('exit', (code, signal) => {
        if (signal !== 'SIGKILL' && code !== 0) unexpected.push(`${name} ended with ${signal ?? code}: ${run.output().slice(-2000)}`);
      });
    },
    async kill() {
      await running?.kill();
      output += running?.output() ?? '';
      running = undefined;
    },
    signal: (signal) => void running?.child.kill(signal),
    ended: () =>
      new Promise((resolve) => {
        const child = running?.child;
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) resolve(child?.exitCode ?? null);
        else child.once('exit', (code) => resolve(code));
      }),
    output: () => output + (running?.output() ?? ''),
  };
}
