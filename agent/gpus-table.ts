import type { CommandSurroundings } from './commands.ts';

/** Takes one reading of the GPUs and draws it as a table (`vigie-agent gpus`). */
export async function readGpusTable({ config }: CommandSurroundings): Promise<string> {
  return Promise.resolve(`${config.instance}: no GPU\n`);
}
