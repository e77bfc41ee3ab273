import type { Clock } from './clock.ts';
import type { AgentConfig } from './config.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';

/** What a subcommand works with: the configuration and the machine, as the agent itself would have them. */
export interface CommandSurroundings {
  readonly config: AgentConfig;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
}

/** A subcommand of `vigie-agent`: its word is the first argument, the agent's options follow. */
export interface Command {
  /** What it does, as `--help` says it: a few words, no full stop. */
  readonly summary: string;
  /** Answers what is to be printed. */
  run(surroundings: CommandSurroundings): Promise<string>;
}

/** Every subcommand by its word; each is loaded only when it is asked for. */
export const commands: Readonly<Record<string, Command>> = {
  gpus: {
    summary: 'shows the GPUs as one table and exits',
    run: async (surroundings) => (await import('./gpus-table.ts')).readGpusTable(surroundings),
  },
};

/** The lines of `--help` about the subcommands. */
export function commandsHelp(): string {
  return Object.entries(commands)
    .map(([word, { summary }]) => `  ${word.padEnd(18)} ${summary}\n`)
    .join('');
}
