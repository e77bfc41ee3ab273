import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig } from './config.ts';
import { ConfigError } from './contract/config.ts';
import type { Fault } from './contract/config.ts';
import { hasCode } from './contract/errors.ts';
import { DEFAULT_CONFIG } from './load-config.ts';
import { openToken } from './token.ts';

/**
 * Looks at what a configuration points to, without starting, writing or asking anything, and says what an agent would do with it.
 *
 * @throws ConfigError with what is wrong with the root and with the token.
 */
export function checkAgent(config: AgentConfig, file: string | undefined, root: string | undefined): string {
  const faults = [...faultsOf(() => checkRoot(root)), ...faultsOf(() => openToken(config.tokenFile))];
  const source = file ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : 'options');
  if (faults.length > 0) throw new ConfigError(source, faults);
  const samplers = config.samplers.map(({ kind }) => kind.name).join(', ');
  return [
    `${source}: no fault`,
    `  node      ${config.instance}, cluster ${config.cluster}`,
    `  reads     ${samplers === '' ? 'nothing' : `${samplers}; every ${config.period / 1000} s or at a sampler's own period`}`,
    `  pushes    to ${config.collector.join(', else ')}, every ${config.push / 1000} s`,
    `  token     ${config.tokenFile ?? 'none'}`,
    `  spool     ${config.spool.dir ?? 'the default folder'}, at most ${config.spool.maxBytes / 2 ** 20} MiB`,
    '',
  ].join('\n');
}

/** Throws ConfigError for a root that no machine can be read below. */
export function checkRoot(root: string | undefined): void {
  if (root === undefined || (isFolder(root) && isFolder(join(root, 'proc')))) return;
  throw new ConfigError('options', [
    { path: `--root ${root}`, problem: 'no such folder, or no proc in it', suggestion: 'name the folder that holds proc and sys' },
  ]);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return false;
    throw error;
  }
}

function faultsOf(check: () => unknown): readonly Fault[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
