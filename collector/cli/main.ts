#!/usr/bin/env -S node --single-threaded-gc --max-semi-space-size=64
// The flags of the line above: at full ingest the collector's garbage is short-lived, and threads that help to collect it cost more than
// they save (a sixth of all CPU, npm run bench -- ingest). Whoever starts it in another way should give them too.
import { ConfigError } from '../../agent/contract/config.ts';
import { messageOf } from '../../agent/contract/errors.ts';
import { didYouMean } from '../../agent/contract/near.ts';
import { commands } from './commands.ts';
import { standardError } from './standard-error.ts';
import { UsageError } from './usage-error.ts';

// The one place that ends the process: 0 done, 1 failed, 2 wrong usage or configuration.
const [name = 'help', ...args] = process.argv.slice(2);
const command = commands[name === '--help' || name === '-h' ? 'help' : name === '--version' ? 'version' : name];
try {
  if (command === undefined) {
    throw new UsageError(`there is no command ${name}; ${didYouMean(name, Object.keys(commands))}vigie help lists them`);
  }
  process.exitCode = await command.run(args);
} catch (error) {
  const misused = isArgumentFault(error) && command !== undefined ? `; usage: vigie ${command.usage}` : '';
  standardError(`vigie: ${messageOf(error).replace(/\.$/, '')}${misused}\n`);
  // At once: what a failed start has opened would keep the process alive.
  process.exit(misused !== '' || error instanceof UsageError || error instanceof ConfigError ? 2 : 1);
}

function isArgumentFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
