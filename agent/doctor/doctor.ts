import type { CommandSurroundings } from '../commands.ts';
import { openHost } from '../host.ts';
import type { Host } from '../host.ts';
import type { SamplerKind } from '../sampler.ts';
import { examineCollectors } from './collector.ts';
import { examineOwn } from './own.ts';
import { examineRights } from './rights.ts';
import type { Row } from './row.ts';
import { examineSources } from './sources.ts';
import { drawTable } from './table.ts';
import type { TableOptions } from './table.ts';

/** What the doctor is called with. */
export interface DoctorOptions extends CommandSurroundings {
  readonly kinds: readonly SamplerKind[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The machine this process runs on. */
  readonly self?: Host;
  readonly table: TableOptions;
}

/** Looks at every source and at the agent's own surroundings; the exit code is 1 where something that was asked for does not work. */
export async function runDoctor(options: DoctorOptions): Promise<{ readonly text: string; readonly exitCode: number }> {
  const { config, host, clock, log, kinds, env, self = openHost(), table } = options;
  const [sources, collectors] = await Promise.all([
    examineSources({ kinds, enabled: config.samplers, host, clock, log }),
    examineCollectors(config, clock),
  ]);
  const own = [...examineOwn(config, env), ...collectors, ...examineRights(self, host)];
  const text = [
    drawTable(`vigie-agent doctor: ${config.instance}\n`, own, table),
    drawTable(`sources below ${host.root}\n`, sources, table),
    `${summary([...own, ...sources])}\n`,
  ].join('\n');
  return { text, exitCode: [...own, ...sources].some(({ state }) => state === 'broken') ? 1 : 0 };
}

function summary(rows: readonly Row[]): string {
  const count = (...states: readonly Row['state'][]): number => rows.filter(({ state }) => states.includes(state)).length;
  const broken = count('broken');
  const verdict = broken === 0 ? 'nothing that was asked for is broken' : `${broken} broken`;
  return `${count('ok', 'found')} work, ${count('missing')} missing, ${count('off')} off; ${verdict}`;
}
