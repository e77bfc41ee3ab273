import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './checkout.ts';

/** A program of ours, started as its systemd unit starts it. */
export interface Ours {
  readonly pid: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** How a unit starts its program: the flags of Node and the environment. */
interface Start {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function startOf(unit: 'vigie-agent' | 'vigie-collector'): Start {
  const text = readFileSync(join(root, `deploy/systemd/${unit}.service`), 'utf8');
  const [, command = ''] = /^ExecStart=\S*env node (.*)$/m.exec(text) ?? [];
  const words = command.split(' ');
  const env = [...text.matchAll(/^Environment=(\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]);
  return {
    flags: words.slice(
      0,
      words.findIndex((word) => !word.startsWith('-')),
    ),
    env: Object.fromEntries(env) as Record<string, string>,
  };
}

/** What a program is started with besides what its unit gives it; flags of Node come with a channel for messages. */
export interface More {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function begin(unit: 'vigie-agent' | 'vigie-collector', args: readonly string[], { flags = [], env: more = {} }: More = {}): Ours {
  const { flags: own, env } = startOf(unit);
  const child = spawn(process.execPath, [...own, ...flags, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', ...(flags.length > 0 ? ['ipc' as const] : [])],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env, ...more },
    // Readings are taken at the root, where the unit runs.
    cwd: '/',
  });
  let said = '';
  child.stderr?.on('data', (chunk) => (said = (said + String(chunk)).slice(-4000)));
  const gone = once(child, 'exit');
  let stopping = false;
  const forget = (): void => void child.kill('SIGKILL');
  process.once('exit', forget);
  child.once('exit', (code, signal) => {
    process.off('exit', forget);
    if (!stopping) process.stderr.write(`${unit} ended with ${signal ?? code}: ${said}\n`);
  });
  return {
    pid: child.pid ?? 0,
    child,
    async stop() {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Makes the agent one file in this folder, as it is installed. */
export function bundleAgent(folder: string): string {
  const file = join(folder, 'vigie-agent');
  execFileSync(process.execPath, [join(root, 'deploy/bundle.mjs'), file], { stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}

/** Starts a bundled agent with these keys of its configuration; its files lie in `folder`. */
export function startAgent(bundle: string, folder: string, config: Readonly<Record<string, unknown>>, more: More = {}): Ours {
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, JSON.stringify({ instance: 'bench', spool: { dir: join(folder, 'spool') }, ...config }));
  return begin('vigie-agent', [bundle, '--config', file], more);
}

/** What a collector is started with besides its defaults; flags of Node besides the unit's come with a channel for messages. */
export interface CollectorStart {
  readonly flags?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Starts a collector with its embedded store in `folder`, on a free port. */
export async function startCollector(
  folder: string,
  { flags = [], config = {} }: CollectorStart = {},
): Promise<Ours & { readonly url: string }> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'collector.yaml');
  writeFileSync(file, JSON.stringify(config));
  const main = join(root, 'dist/collector/cli/main.js');
  const args = [main, 'start', '--no-agent', '--listen', '127.0.0.1:0', '--data', folder, '--config', file];
  const ours = begin('vigie-collector', args, { flags });
  const lines = createInterface({ input: ours.child.stdout as NodeJS.ReadableStream });
  const [url] = (await Promise.race([once(lines, 'line'), once(ours.child, 'exit').then(() => [''])])) as [string];
  if (!url.startsWith('http')) throw new Error('the collector did not start');
  return { ...ours, url };
}

/** A number among a collector's own metrics, which stand before those of the nodes: no more of the page is read. */
export async function ownMetric(url: string, name: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': 'identity' }, signal: AbortSignal.timeout(30_000) });
  const wanted = new RegExp(`^${name} (\\S+)\n`, 'm');
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const [, value] = wanted.exec(text) ?? [];
    if (value !== undefined) return Number(value);
  }
  throw new Error(`the collector has no ${name}`);
}
