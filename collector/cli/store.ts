import { didYouMean } from '../../agent/contract/near.ts';
import type { Command } from './commands.ts';
import { UsageError } from './usage-error.ts';

type Run = (args: readonly string[]) => Promise<number>;

// Each brings DuckDB with it, which other commands do not need.
const subcommands: Readonly<Record<string, () => Promise<Run>>> = {
  sizes: async () => (await import('./store/sizes.ts')).sizes,
  export: async () => (await import('./store/export.ts')).exportStore,
  import: async () => (await import('./store/import.ts')).importFiles,
  seal: async () => (await import('./store/seal.ts')).seal,
};

const WHERE = '[--data DIR] [--config FILE]';

/** What is done with the embedded store's files. */
export const store: Command = {
  usage: [
    `store ${WHERE}`,
    `store export [--from T] [--to T] [--match SELECTOR]… [--resolution raw|1m|1h] [--format parquet|lines] DIR|- ${WHERE}`,
    `store import [--url URL] [--token-file F] [--format lines|openmetrics|prometheus] [--precision P] [--label N=V]… FILE… ${WHERE}`,
    `store seal DAY…|all ${WHERE}`,
  ].join('\n  vigie '),
  summary: [
    'How large the embedded store is, by day and by measurement; copies samples out (Parquet for pandas and DuckDB, or line protocol);',
    "      reads line protocol, OpenMetrics and Prometheus's text in, into the collector that runs, or else by itself; seals days at once.",
  ].join('\n'),
  async run(args) {
    const [name = 'sizes', ...rest] = args;
    if (name.startsWith('-')) return (await subcommands['sizes']?.())?.(args) ?? 1;
    const load = subcommands[name];
    if (load === undefined)
      throw new UsageError(`there is no vigie store ${name}; ${didYouMean(name, Object.keys(subcommands))}vigie help says more`);
    return (await load())(rest);
  },
};
