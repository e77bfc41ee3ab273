import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../agent/contract/errors.ts';
import { freePort } from './free-port.ts';
import { findProgram, programPath, versionOf } from './programs.ts';
import type { Program } from './programs.ts';

/** A real server of a test: on a free loopback port, in a temporary folder, dead at the latest when the test run is. */
export interface Service {
  /** Where it listens: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Its temporary folder, removed by `stop`. */
  readonly dir: string;
  /** Package name and version, for reports. */
  readonly version: string;
  readonly pid: number;
  /** What it has printed so far. */
  log(): string;
  /** Ends it at once with SIGKILL, as a power cut would; its folder stays. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM, after a deadline with SIGKILL; its folder stays. */
  end(): Promise<void>;
  /** Starts it again on the same port and folder, ending it first where it runs. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends it with SIGTERM, after a deadline with SIGKILL, and removes its folder. Safe to call twice. */
  stop(): Promise<void>;
}

/** How a server is started and when it is ready. */
export interface ServiceKind {
  readonly program: Program;
  /** Its arguments; writes the configuration files it needs into `dir`. Called once. */
  readonly prepare: (place: { readonly dir: string; readonly port: number }) => Promise<readonly string[]> | readonly string[];
  /** Path that answers 2xx once the server is ready. */
  readonly ready: string;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 5_000;

/** Starts a server and waits until it is ready; throws with the end of its log where it does not come up. */
export async function startService(kind: ServiceKind): Promise<Service> {
  const path = programPath(kind.program);
  const dir = mkdtempSync(join(tmpdir(), `vigie-${kind.program}-`));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = await kind.prepare({ dir, port });
  const logFile = join(dir, 'log');
  const log = (): string => readFileSync(logFile, 'utf8');
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    child = spawnMortal(path, args, dir, logFile);
    try {
      await ready(child, url + kind.ready);
    } catch (error) {
      await end('SIGKILL');
      throw new Error(`${kind.program} did not come up: ${messageOf(error)}\n${log().slice(-2000)}`, { cause: error });
    }
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending !== undefined) await endChild(ending, signal);
  };

  await start();
  return {
    url,
    port,
    dir,
    version: versionOf(kind.program),
    get pid() {
      if (child?.pid === undefined) throw new Error(`${kind.program} is not running`);
      return child.pid;
    },
    log,
    kill: () => end('SIGKILL'),
    end: () => end('SIGTERM'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    async stop() {
      await end('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function spawnMortal(path: string, args: readonly string[], cwd: string, logFile: string): ChildProcess {
  // An `exit` handler does not run when this process is killed itself; the kernel's parent-death signal comes even then.
  const setpriv = findProgram('setpriv');
  const command = setpriv === undefined ? [path, ...args] : [setpriv, '--pdeathsig', 'KILL', path, ...args];
  const out = openSync(logFile, 'a');
  const child = spawn(command[0] ?? path, command.slice(1), { cwd, stdio: ['ignore', out, out] });
  closeSync(out);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const last = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(last);
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const failure: { error?: Error } = {};
  child.once('error', (error) => (failure.error = error));
  while (Date.now() < deadline) {
    if (failure.error !== undefined) throw failure.error;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    if (await answers(url)) return;
    await pause(20);
  }
  throw new Error(`${url} has not answered within ${READY_WITHIN_MS / 1000} s`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Nobody listens there yet; the caller has the deadline.
    return false;
  }
}
