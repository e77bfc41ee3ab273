import { parseArgs } from 'node:util';
import { say } from '../../agent/contract/say.ts';
import type { Command } from './commands.ts';
import { DEFAULT_CONFIG, loadOptions } from './load-options.ts';

/** Says what is wrong with a collector's configuration; starts and writes nothing. */
export const check: Command = {
  usage: 'check [--config FILE]',
  summary: `Reads a collector's configuration (default ${DEFAULT_CONFIG}) and names every fault in it; exit status 2 where there is one.`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
    const options = await loadOptions({ config: values.config ?? DEFAULT_CONFIG });
    const stores = Object.entries(options.stores).flatMap(([name, chosen]) => (chosen === undefined ? [] : [name]));
    say(`${values.config ?? DEFAULT_CONFIG}: no fault; listens on ${options.listen}, stores in ${stores.join(', ')}\n`);
    return 0;
  },
};
