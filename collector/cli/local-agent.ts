import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tokens } from '../ingest/tokens.ts';

/** This machine's agent, run beside the collector. */
export interface LocalAgent {
  /** Ends it and waits until it has gone, at most 5 s. */
  stop(): Promise<void>;
}

/** An agent that ends is started again after this long. */
const RESTART_MS = 5000;
const STOP_MS = 5000;
/** Every second, and pushed at once: whoever looks at the page of their own machine wants to see it live. */
const PERIOD = '1s';

/** Starts the agent as a process of its own, with a configuration in the collector's data folder, and again whenever it ends. */
export function startLocalAgent(
  url: string,
  data: string,
  tokens: Tokens | undefined,
  log: (level: 'warning', message: string) => void,
): LocalAgent {
  const file = agentFile();
  if (!existsSync(file)) {
    log('warning', `no agent at ${file}: this machine is not watched; npm run build makes it`);
    return { stop: () => Promise.resolve() };
  }
  const { flags, variables } = readFirstLine(file);
  const config = writeConfig(url, join(data, 'agent'), tokens);
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopped = false;
  const start = (): void => {
    child = spawn(process.execPath, [...flags, file, '--quiet', '--config', config], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', (error) => log('warning', `this machine's agent cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      child = undefined;
      if (stopped) return;
      log('warning', `this machine's agent ended with ${signal ?? `status ${code}`}; starting it again in ${RESTART_MS / 1000} s`);
      restart = setTimeout(start, RESTART_MS);
    });
  };
  start();
  return {
    async stop() {
      stopped = true;
      clearTimeout(restart);
      const running = child;
      if (running === undefined || running.exitCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      const force = setTimeout(() => running.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

// How the agent wants to be run is said in its own first line: `#!/usr/bin/env -S NAME=value node --flag`.
function readFirstLine(file: string): { flags: readonly string[]; variables: Readonly<Record<string, string>> } {
  const words = (readFileSync(file, 'utf8').split('\n', 1)[0] ?? '').split(' ');
  const variables = words.flatMap((word) => (/^[A-Z_]+=/.test(word) ? [word.split('=', 2) as [string, string]] : []));
  return { flags: words.filter((word) => word.startsWith('--')), variables: Object.fromEntries(variables) };
}

function writeConfig(url: string, directory: string, tokens: Tokens | undefined): string {
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  const tokenFile = join(directory, 'token');
  if (tokens !== undefined) writeFileSync(tokenFile, `${tokens.issue(hostname())}\n`, { mode: 0o600 });
  const config = {
    collector: url,
    ...(tokens === undefined ? {} : { token_file: tokenFile }),
    period: PERIOD,
    push: PERIOD,
    spool: { dir: join(directory, 'spool'), max: '64MiB' },
  };
  const file = join(directory, 'agent.yaml');
  // JSON is YAML.
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
  return file;
}

// Beside the collector in what was built; from the sources, what was built of them.
function agentFile(): string {
  const beside = fileURLToPath(new URL('../../agent/main.js', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../dist/agent/main.js', import.meta.url));
}
