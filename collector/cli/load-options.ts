import { existsSync, readFileSync } from 'node:fs';
import { ConfigError, readConfig } from '../../agent/contract/config.ts';
import { collectorFields } from '../config.ts';
import type { CollectorOptions } from '../config.ts';
import { UsageError } from './usage-error.ts';

/** Read where no file is named, if it is there. */
export const DEFAULT_CONFIG = '/etc/vigie/collector.yaml';

/** What the command line says over the file. */
export interface Overrides {
  readonly config?: string | undefined;
  readonly listen?: string | undefined;
  readonly data?: string | undefined;
}

/** The file's options with those of the command line over them. Throws ConfigError with every fault, UsageError where there is no such file, or where it is an agent's. */
export async function loadOptions({ config, listen, data }: Overrides): Promise<CollectorOptions> {
  const file = config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const document = file === undefined ? {} : await parse(file);
  if (file !== undefined) refuseAgents(file, document);
  const given = Object.entries({ listen, data }).filter(([, value]) => value !== undefined);
  const merged =
    typeof document === 'object' && document !== null && !Array.isArray(document)
      ? { ...document, ...Object.fromEntries(given) }
      : document;
  return readConfig(collectorFields, merged, file ?? 'command line', process.env);
}

/** The keys of an agent's configuration, by which one that is given to the collector is known. */
export const AGENT_KEYS: readonly string[] = [
  'collector',
  'token_file',
  'cluster',
  'instance',
  'labels',
  'period',
  'push',
  'spool',
  'backlog_rate',
  'budget',
  'samplers',
];

// One unknown key is a slip of a collector's author; a file of nothing but an agent's keys is an agent's.
function refuseAgents(file: string, document: unknown): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return;
  const keys = Object.keys(document);
  const agents = keys.filter((key) => AGENT_KEYS.includes(key));
  if (agents.length === 0 || keys.some((key) => Object.hasOwn(collectorFields, key))) return;
  throw new UsageError(`${file} looks like an agent's (it has ${agents.join(', ')}); check it with: vigie-agent --check --config ${file}`);
}

async function parse(file: string): Promise<unknown> {
  if (!existsSync(file))
    throw new UsageError(`there is no file ${file}; name one with --config, or start from deploy/examples/collector.yaml`);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map(({ message }) => ({
        path: '',
        problem: (message.split('\n')[0] ?? message).replace(/:$/, ''),
        suggestion: 'mend the YAML there',
      })),
    );
  }
  return document.toJS() as unknown;
}
