import { readFileSync } from 'node:fs';
import { readAgentConfig } from './config.ts';
import type { AgentConfig } from './config.ts';
import { ConfigError } from './contract/config.ts';
import { hasCode, messageOf } from './contract/errors.ts';
import type { SamplerKind } from './sampler.ts';

/** Where a configuration is looked for if none is named. */
export const DEFAULT_CONFIG = '/etc/vigie/agent.yaml';

/** What the command line says in the configuration's place. */
export interface Overrides {
  readonly collector?: string | undefined;
  readonly instance?: string | undefined;
  readonly cluster?: string | undefined;
  readonly period?: string | undefined;
  readonly push?: string | undefined;
  readonly spool?: string | undefined;
}

/**
 * Reads the configuration file, if there is one, under what the command line says.
 *
 * @throws ConfigError with every fault at once.
 */
export async function loadConfig(
  kinds: readonly SamplerKind[],
  file: string | undefined,
  overrides: Overrides,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AgentConfig> {
  const path = file ?? DEFAULT_CONFIG;
  const text = textOf(path, file !== undefined);
  const document = text === undefined ? {} : await parse(text, path);
  return readAgentConfig(kinds, override(document, overrides), text === undefined ? 'options' : path, env);
}

function textOf(path: string, named: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!named && hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new ConfigError(path, [{ path: '', problem: messageOf(error), suggestion: 'name a file that can be read with --config' }]);
  }
}

// The parser is some hundred kilobytes of code: an agent without a file never loads it.
async function parse(text: string, path: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  if (document.errors.length === 0) return document.toJS();
  const faults = document.errors.map(({ message }) => ({
    path: '',
    problem: (message.split('\n')[0] ?? 'not YAML').replace(/:$/, ''),
    suggestion: 'mend the YAML there',
  }));
  throw new ConfigError(path, faults);
}

function override(document: unknown, { spool, ...given }: Overrides): unknown {
  // A file that is empty or all comments.
  if (document === null) return override({}, { spool, ...given });
  if (typeof document !== 'object' || Array.isArray(document)) return document;
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (spool === undefined) return { ...document, ...own };
  const inFile: unknown = 'spool' in document ? document.spool : undefined;
  return { ...document, ...own, spool: { ...(typeof inFile === 'object' ? inFile : {}), dir: spool } };
}
