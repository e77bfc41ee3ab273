import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../../agent/contract/say.ts';
import { makeTokens } from '../ingest/tokens.ts';
import type { Command } from './commands.ts';
import { loadOptions } from './load-options.ts';
import { UsageError } from './usage-error.ts';

/** Prints the token alone; may be run again, and gives the same one as long as the key stays. */
export const token: Command = {
  usage: 'token NODE [--config FILE] [--data DIR]',
  summary: "Prints a token that lets its holder write as NODE ('*': as any); makes the collector's key where there is none.",
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' }, data: { type: 'string' } },
    });
    const [node, ...more] = positionals;
    if (node === undefined || more.length > 0) throw new UsageError('vigie token NODE: name one node');
    const options = await loadOptions(values);
    const keyFile = options.auth.key_file ?? join(options.data, 'token.key');
    say(`${makeTokens(keyFile).issue(node)}\n`);
    return 0;
  },
};
