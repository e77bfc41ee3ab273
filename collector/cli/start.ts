import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../agent/contract/errors.ts';
import { say } from '../../agent/contract/say.ts';
import { exportRoute } from '../api/export.ts';
import { nodesRoute } from '../api/nodes.ts';
import { pageRoutes } from '../api/page.ts';
import { startCollector } from '../collector.ts';
import type { Collector } from '../collector.ts';
import { catalogueOf } from '../expose/catalogue.ts';
import { declaredMetrics } from '../expose/declared.gen.ts';
import { loadTokens } from '../ingest/tokens.ts';
import type { Command } from './commands.ts';
import { greeting } from './greeting.ts';
import { loadOptions } from './load-options.ts';
import { startLocalAgent } from './local-agent.ts';
import type { LocalAgent } from './local-agent.ts';
import { standardError } from './standard-error.ts';
import { VERSION } from './version.ts';

/** Runs until a signal or a fatal error; standard output has the URL alone. */
export const start: Command = {
  usage: 'start [--config FILE] [--listen HOST:PORT] [--data DIR] [--no-agent]',
  summary: "Runs the collector with its page, and this machine's agent beside it.",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        listen: { type: 'string' },
        data: { type: 'string' },
        'no-agent': { type: 'boolean', default: false },
      },
    });
    const options = await loadOptions(values);
    const stop = new AbortController();
    const collector = await startCollector(options, {
      version: VERSION,
      catalogue: catalogueOf(Object.values(declaredMetrics).flatMap((set) => Object.values(set))),
      routes: ({ table, duckdb }) => [nodesRoute(table, Date.now), exportRoute(duckdb, Date.now), pageRoutes()],
      log,
      fatal: (error) => stop.abort(error),
    });
    const tokens = loadTokens(options.auth.key_file ?? join(options.data, 'token.key'));
    // Before the address is said: whoever reads it may ask for the end at once.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
    say(`${collector.url}\n`);
    standardError(greeting({ version: VERSION, options, tokens: tokens !== undefined, agent: !values['no-agent'] }));
    const agent = values['no-agent'] ? undefined : startLocalAgent(collector.url, options.data, tokens, log);
    return runUntilStopped(collector, agent, stop);
  },
};

async function runUntilStopped(collector: Collector, agent: LocalAgent | undefined, stop: AbortController): Promise<number> {
  await new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const reason: unknown = stop.signal.reason;
  const failed = reason instanceof Error && reason.name !== 'AbortError';
  log(failed ? 'error' : 'info', failed ? `stopping: ${messageOf(reason)}` : 'stopping');
  // The agent first: what it holds can still be stored.
  await agent?.stop();
  await collector.close();
  return failed ? 1 : 0;
}

function log(level: 'info' | 'warning' | 'error', message: string): void {
  standardError(`${new Date().toISOString()} ${level} ${message}\n`);
}
