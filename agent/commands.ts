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
  /** Answers what is to be printed, with an exit code where it is not always 0. */
  run(surroundings: CommandSurroundings): Promise<string | { readonly text: string; readonly exitCode: number }>;
}

// What a terminal has at least; wider text is harder to read.
const WIDTH = 100;

/** Every subcommand by its word; each is loaded only when it is asked for. */
export const commands: Readonly<Record<string, Command>> = {
  gpus: {
    summary: 'shows the GPUs as one table and exits',
    run: async (surroundings) => (await import('./gpus-table.ts')).readGpusTable(surroundings),
  },
  doctor: {
    summary: 'says of each source whether it is here, why not, and what would bring it',
    async run(surroundings) {
      const [{ runDoctor }, { samplerKinds }] = await Promise.all([import('./doctor/doctor.ts'), import('./kinds.gen.ts')]);
      const color = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
      return runDoctor({ ...surroundings, kinds: samplerKinds, env: process.env, table: { width: WIDTH, color } });
    },
  },
};

/** The lines of `--help` about the subcommands. */
export function commandsHelp(): string {
  return Object.entries(commands)
    .map(([word, { summary }]) => `  ${word.padEnd(18)} ${summary}\n`)
    .join('');
}
