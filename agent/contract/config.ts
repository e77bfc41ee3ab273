import { didYouMean } from './near.ts';

/** One thing wrong with a configuration: where, what, and how to mend it. */
export interface Fault {
  /** Dotted path of the key: `samplers.cpu.per_core`; empty for the file as a whole. */
  readonly path: string;
  readonly problem: string;
  readonly suggestion: string;
}

/** One key of a configuration: its default, its help, and how its value is read. */
export interface Field<Value> {
  /** What it takes, in words: `duration`, `one of a, b`. */
  readonly takes: string;
  /** What stands for it when it is not given, as it would be written. */
  readonly default: unknown;
  readonly help: string;
  /** Keys inside, for a section. */
  readonly fields?: Fields;
  /** Reads a given value; reports each fault and then answers anything of the type. */
  read(value: unknown, path: string, report: (fault: Fault) => void): Value;
}

/** The keys that one section may have, each with how its value is read. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values that a set of fields reads to. */
export type OptionsOf<F extends Fields> = { readonly [Key in keyof F]: F[Key] extends Field<infer Value> ? Value : never };

/** Thrown for a configuration with faults; its message lists every one with its path and a suggestion. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];
  constructor(source: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, problem, suggestion }) => `  ${path === '' ? '' : `${path}: `}${problem}; ${suggestion}`);
    super([`${source}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`, ...lines].join('\n'));
    this.faults = faults;
  }
}

/**
 * Reads a parsed document by its fields; absent keys take their defaults, `${VAR}` and `${VAR:-default}` in strings are
 * expanded from `env`.
 *
 * @throws ConfigError with every fault of the document at once.
 */
export function readConfig<F extends Fields>(
  fields: F,
  document: unknown,
  source: string,
  env: Readonly<Record<string, string | undefined>> = {},
): OptionsOf<F> {
  const faults: Fault[] = [];
  const report = (fault: Fault): void => void faults.push(fault);
  const options = section(fields, '').read(expand(document ?? {}, env, '', report), '', report);
  if (faults.length > 0) throw new ConfigError(source, faults);
  return options;
}

/** A group of keys; an unknown one is a fault. Absent, every key inside takes its default. */
export function section<F extends Fields>(fields: F, help: string): Field<OptionsOf<F>> {
  return {
    takes: 'section',
    default: {},
    help,
    fields,
    read(value, path, report) {
      const given = asRecord(value, path, report);
      for (const key of Object.keys(given)) {
        if (!Object.hasOwn(fields, key)) report(unknownKey(join(path, key), key, Object.keys(fields)));
      }
      const options: Record<string, unknown> = {};
      for (const [key, field] of Object.entries(fields)) {
        const present = Object.hasOwn(given, key) && given[key] !== null && given[key] !== undefined;
        options[key] = field.read(present ? given[key] : field.default, join(path, key), report);
      }
      return options as OptionsOf<F>;
    },
  };
}

/** A section that is either absent (undefined) or read whole. */
export function optionalSection<F extends Fields>(fields: F, help: string): Field<OptionsOf<F> | undefined> {
  const inner = section(fields, help);
  return {
    ...inner,
    default: undefined,
    read: (value, path, report) => (value === undefined ? undefined : inner.read(value, path, report)),
  };
}

/** A group of keys; anything else is a fault. */
export function asRecord(value: unknown, path: string, report: (fault: Fault) => void): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  report({ path, problem: `${show(value)} is not a group of keys`, suggestion: 'indent `key: value` lines under it' });
  return {};
}

/** The fault of a key that nobody reads. */
export function unknownKey(path: string, key: string, known: readonly string[]): Fault {
  const near = didYouMean(key, known);
  return {
    path,
    problem: 'unknown key',
    suggestion: near === '' ? `remove it, or take one of ${known.join(', ')}` : near.replace(/, or $/, ''),
  };
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

// Expanded in the parsed document, so that a value cannot add keys of its own.
function expand(value: unknown, env: Readonly<Record<string, string | undefined>>, path: string, report: (fault: Fault) => void): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(VARIABLE, (_, name: string, byDefault?: string) => {
      const found = env[name] ?? byDefault;
      if (found === undefined)
        report({ path, problem: `the variable ${name} is not set`, suggestion: `set it, or write \${${name}:-default}` });
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, at) => expand(item, env, `${path}[${at}]`, report));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, env, join(path, key), report)]));
}

/** The path of a key inside a path. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A value as its author would recognize it. */
export function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
