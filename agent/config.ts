import { hostname } from 'node:os';
import { asRecord, readConfig, section, show } from './contract/config.ts';
import type { Fault, Field, Fields, OptionsOf } from './contract/config.ts';
import { duration, flag, isHttpUrl, list, optionalText, size, text, texts } from './contract/fields.ts';
import type { SamplerKind } from './sampler.ts';

/** What the agent is told, read and checked. */
export interface AgentConfig {
  readonly collector: readonly string[];
  readonly tokenFile: string | undefined;
  readonly cluster: string;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly period: number;
  /** Milliseconds, never shorter than the period. */
  readonly push: number;
  readonly spool: { readonly dir: string | undefined; readonly maxBytes: number };
  /** Bytes a second. */
  readonly backlogRate: number;
  readonly budget: {
    /** Share of one core. */
    readonly cpu: number;
    /** Bytes. */
    readonly memory: number;
  };
  readonly samplers: readonly EnabledSampler[];
}

/** A sampler that is to run, with its options read. */
export interface EnabledSampler {
  readonly kind: SamplerKind;
  /** Milliseconds. */
  readonly period: number;
  readonly options: OptionsOf<Fields>;
  /** Whether the configuration says `enabled: true`, so that somebody counts on it. */
  readonly asked: boolean;
}

const RESERVED_LABELS = ['cluster', 'instance', 'job'];
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Every key of agent.yaml, with the samplers that there are. */
export function agentFields(kinds: readonly SamplerKind[]) {
  return {
    collector: list(['http://127.0.0.1:9797'], 'Where batches go: a URL, or several that are tried in order.', isHttpUrl),
    token_file: optionalText('File that holds the token for the collector.'),
    cluster: text('default', 'Name of the cluster, a label on every sample.'),
    instance: text(hostname(), 'Name of the node, a label on every sample.'),
    labels: texts('More labels for every sample.', checkLabel),
    period: duration('5s', 'Time between two readings; they stand at its multiples on the clock.', { atLeast: '100ms' }),
    push: duration('10s', 'How long readings are collected before they leave as one batch; at least the period.'),
    spool: section(
      {
        dir: optionalText('Where batches wait; /var/lib/vigie-agent, or below the home directory where that cannot be written.'),
        max: size('256MiB', 'Cap on the bytes of waiting batches; beyond it the oldest go.'),
      },
      'Batches on disk that no collector has acknowledged yet.',
    ),
    backlog_rate: size('64KiB', 'Bytes a second at which old batches follow behind live ones after an outage.'),
    budget: section(
      {
        cpu: percent('1%', 'CPU of one core; over it for a minute, the periods are doubled.'),
        memory: size('100MiB', 'Resident memory; over it, the agent says what takes it, and starts a child process anew that has doubled.'),
      },
      'What the agent may cost, its child processes counted in; looked at from three minutes after its start.',
    ),
    samplers: section(
      Object.fromEntries(kinds.map((kind) => [kind.name, section(samplerFields(kind), kind.summary)])),
      'Samplers by name, each with its options.',
    ),
  };
}

function samplerFields(kind: SamplerKind) {
  return {
    ...kind.options,
    enabled: flag(true, 'Whether it runs; where this is written and its source is missing, vigie-agent doctor calls it broken.'),
    period: ownPeriod(kind),
  };
}

/**
 * Reads the agent's configuration from a parsed document.
 *
 * @throws ConfigError with every fault at once.
 */
export function readAgentConfig(
  kinds: readonly SamplerKind[],
  document: unknown,
  source: string,
  env: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const read = readConfig(agentFields(kinds), document, source, env);
  return {
    collector: read.collector,
    tokenFile: read.token_file,
    cluster: read.cluster,
    instance: read.instance,
    labels: read.labels,
    period: read.period,
    push: Math.max(read.push, read.period),
    spool: { dir: read.spool.dir, maxBytes: read.spool.max },
    backlogRate: read.backlog_rate,
    budget: read.budget,
    samplers: kinds.flatMap((kind) => {
      // The fields were made of these very kinds, so every name has its section.
      const { enabled, period, ...options } = read.samplers[kind.name] as OptionsOf<ReturnType<typeof samplerFields>>;
      return enabled ? [{ kind, period: period ?? usualPeriod(kind, read.period), options, asked: isAsked(document, kind.name) }] : [];
    }),
  };
}

function isAsked(document: unknown, name: string): boolean {
  return sectionOf(sectionOf(sectionOf(document)['samplers'])[name])['enabled'] === true;
}

// Whose faults have been reported by now.
function sectionOf(value: unknown): Readonly<Record<string, unknown>> {
  return asRecord(value ?? {}, '', () => undefined);
}

function usualPeriod(kind: SamplerKind, agentPeriod: number): number {
  const own = kind.period === undefined ? 0 : duration(kind.period, '').read(kind.period, '', () => undefined);
  return Math.max(own, agentPeriod);
}

function ownPeriod(kind: SamplerKind): Field<number | undefined> {
  const given = duration(kind.period ?? '5s', kind.period === undefined ? "Its own period; else the agent's." : 'Its own period.', {
    atLeast: '100ms',
  });
  return {
    ...given,
    default: undefined,
    read: (value, path, report) => (value === undefined ? undefined : given.read(value, path, report)),
  };
}

/** A share, written `5%`, read as 0.05. */
function percent(byDefault: string, help: string): Field<number> {
  return {
    takes: 'percentage',
    default: byDefault,
    help,
    read(value, path, report) {
      const [, amount] = (typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim()) : undefined) ?? [];
      const share = Number(amount) / 100;
      if (share > 0) return share;
      report({ path, problem: `${show(value)} is not a percentage above 0`, suggestion: `write a number with %, like ${byDefault}` });
      return 1;
    },
  };
}

function checkLabel(key: string): Omit<Fault, 'path'> | undefined {
  if (RESERVED_LABELS.includes(key)) {
    return {
      problem: `${key} is not free as a label`,
      suggestion: key === 'job' ? 'choose another name; Prometheus owns this one' : `use the key ${key} outside labels`,
    };
  }
  if (!LABEL.test(key))
    return { problem: `${show(key)} is not a label name`, suggestion: 'use letters, digits and _, with no digit first' };
  return undefined;
}
