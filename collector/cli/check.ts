import { parseArgs } from 'node:util';
import { say } from '../../agent/contract/say.ts';
import type { Command } from './commands.ts';
import { DEFAULT_CONFIG, loadOptions } from './load-options.ts';

/** Says what is wrong with a collector's configuration, and starts and writes nothing; or reads the whole store, and sets aside what is damaged. */
export const check: Command = {
  usage: 'check [--config FILE]\n  vigie check store [--keep-damaged] [--data DIR] [--config FILE]',
  summary: [
    `Reads a collector's configuration (default ${DEFAULT_CONFIG}) and names every fault in it; exit status 2 where there is one.`,
    '      check store reads every file of the embedded store, and sets damaged ones aside; exit status 1 where there is one.',
  ].join('\n'),
  async run(args) {
    if (args[0] === 'store') return (await import('./store/check-store.ts')).checkStore(args.slice(1));
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
    const options = await loadOptions({ config: values.config ?? DEFAULT_CONFIG });
    const stores = Object.entries(options.stores).flatMap(([name, chosen]) => (chosen === undefined ? [] : [name]));
    say(`${values.config ?? DEFAULT_CONFIG}: no fault; listens on ${options.listen}, stores in ${stores.join(', ')}\n`);
    return 0;
  },
};
