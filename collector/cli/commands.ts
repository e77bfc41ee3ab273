import { say } from '../../agent/contract/say.ts';
import { check } from './check.ts';
import { metrics } from './metrics.ts';
import { nodes } from './nodes.ts';
import { query } from './query.ts';
import { start } from './start.ts';
import { store } from './store.ts';
import { token } from './token.ts';
import { version } from './version.ts';

/** A subcommand of `vigie`. */
export interface Command {
  /** How it is called, after `vigie`. */
  readonly usage: string;
  /** One line of what it does. */
  readonly summary: string;
  /** Answers the exit status. */
  run(args: readonly string[]): Promise<number>;
}

/** Every subcommand by name. */
export const commands: Readonly<Record<string, Command>> = {
  start,
  check,
  nodes,
  query,
  store,
  metrics,
  token,
  version,
  help: {
    usage: 'help',
    summary: 'Says this.',
    run() {
      const all = Object.values(commands);
      const lines = all.flatMap(({ usage, summary }) => [`  vigie ${usage}`, `      ${summary}`]);
      say(['vigie, the lookout of a compute cluster', '', ...lines, ''].join('\n'));
      return Promise.resolve(0);
    },
  },
};
