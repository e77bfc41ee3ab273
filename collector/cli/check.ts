import { parseArgs } from 'node:util';
import type { Command } from './commands.ts';
import { DEFAULT_CONFIG, loadOptions } from './load-options.ts';

export const check: Command = {
  usage: 'check [--config FILE]',
  summary: `Reads a configuration (default ${DEFAULT_CONFIG}) and names every fault in it; exit status 2 where there is one.`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
    const options = await loadOptions({ config: values.config ?? DEFAULT_CONFIG });
    const stores = Object.entries(options.stores).flatMap(([name, chosen]) => (chosen === undefined ? [] : [name]));
    process.stdout.write(`${values.config ?? DEFAULT_CONFIG}: no fault; listens on ${options.listen}, stores in ${stores.join(', ')}\n`);
    return 0;
  },
};
