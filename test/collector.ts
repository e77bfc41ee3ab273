import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readConfig } from '../agent/contract/config.ts';
import { exportRoute } from '../collector/api/export.ts';
import { nodesRoute } from '../collector/api/nodes.ts';
import { startCollector } from '../collector/collector.ts';
import type { Collector } from '../collector/collector.ts';
import { collectorFields } from '../collector/config.ts';
import { catalogueOf } from '../collector/expose/catalogue.ts';
import { declaredMetrics } from '../collector/expose/declared.gen.ts';

/** Where the built programs are. */
export const built = new URL(import.meta.url.endsWith('.ts') ? '../dist/' : '../', import.meta.url).pathname;

/** A folder of a test's own, and how to be rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A collector in this process, on a free port, with these keys of its configuration. */
export function openCollector(
  data: string,
  config: Readonly<Record<string, unknown>> = {},
  log: (level: string, message: string) => void = () => undefined,
): Promise<Collector> {
  const options = readConfig(collectorFields, { listen: '127.0.0.1:0', data, ...config }, 'test');
  return startCollector(options, {
    version: 'test',
    catalogue: catalogueOf(Object.values(declaredMetrics).flatMap((set) => Object.values(set))),
    routes: ({ table, duckdb }) => [nodesRoute(table, Date.now), exportRoute(duckdb, Date.now)],
    log,
    fatal: (error) => {
      throw error;
    },
  });
}

/** A program of ours that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has printed on both outputs. */
  output(): string;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Asks it to end; answers its exit status. */
  stop(): Promise<number | null>;
}

/** Starts a built program (`collector/cli/main.js`); it dies with this process. */
export function startProgram(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [built + file, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const gone = once(child, 'exit');
  const forget = (): void => void child.kill('SIGKILL');
  process.once('exit', forget);
  void gone.then(() => process.off('exit', forget));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** A collector of the built program; resolves once it has printed its URL. */
export async function startCollectorProgram(
  data: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Running & { readonly url: string }> {
  const file = join(data, 'collector.yaml');
  writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', data, ...config }));
  const program = startProgram('collector/cli/main.js', ['start', '--no-agent', '--config', file]);
  const lines = createInterface({ input: program.child.stdout as NodeJS.ReadableStream });
  const [url] = (await Promise.race([once(lines, 'line'), once(program.child, 'exit').then(() => [''])])) as [string];
  if (!url.startsWith('http')) throw new Error(`the collector did not start: ${program.output()}`);
  return { ...program, url };
}

/** Posts lines; answers status and text. */
export async function post(
  url: string,
  body: string | Uint8Array,
  { path = '/write?precision=ms', headers = {} }: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const answer = await fetch(url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** A series of `/api/v1/export`. */
export interface Exported {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}

/** What the embedded store answers. */
export async function exported(url: string, match: string): Promise<Exported[]> {
  const answer = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': match, end: '4000000000' }).toString()}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exported);
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
