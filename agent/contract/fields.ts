import { asRecord, join, show } from './config.ts';
import type { Fault, Field } from './config.ts';
import { didYouMean } from './near.ts';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)$/;
const MS_PER: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** A length of time, written `5s`, read as milliseconds. */
export function duration(byDefault: string, help: string, { atLeast = '1ms' } = {}): Field<number> {
  return {
    takes: 'duration',
    default: byDefault,
    help,
    read(value, path, report) {
      const ms = typeof value === 'string' ? durationMs(value) : undefined;
      if (ms === undefined) {
        report({
          path,
          problem: `${show(value)} is not a duration`,
          suggestion: `write a number with ms, s, m, h or d, like ${byDefault}`,
        });
      } else if (ms < (durationMs(atLeast) ?? 0)) {
        report({ path, problem: `${show(value)} is too short`, suggestion: `give ${atLeast} or more` });
      }
      return ms ?? 0;
    },
  };
}

/** Milliseconds of `5s`, or undefined where the text is no duration. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (MS_PER[unit] ?? Number.NaN);
}

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$/;
const BYTES_PER: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** An amount of bytes, written `256MiB`. */
export function size(byDefault: string, help: string): Field<number> {
  return {
    takes: 'size',
    default: byDefault,
    help,
    read(value, path, report) {
      const [, amount, unit] = (typeof value === 'string' ? SIZE.exec(value.trim()) : undefined) ?? [];
      if (amount === undefined || unit === undefined) {
        report({ path, problem: `${show(value)} is not a size`, suggestion: `write a number with B, KiB, MiB or GiB, like ${byDefault}` });
        return 0;
      }
      return Math.floor(Number(amount) * (BYTES_PER[unit] ?? 0));
    },
  };
}

/** True or false. */
export function flag(byDefault: boolean, help: string): Field<boolean> {
  return {
    takes: 'true or false',
    default: byDefault,
    help,
    read(value, path, report) {
      if (typeof value !== 'boolean')
        report({ path, problem: `${show(value)} is neither true nor false`, suggestion: 'write true or false' });
      return value === true;
    },
  };
}

/** A whole number within bounds. */
export function count(byDefault: number, help: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Field<number> {
  return {
    takes: 'whole number',
    default: byDefault,
    help,
    read(value, path, report) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
      const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
      report({ path, problem: `${show(value)} is not a whole number in its bounds`, suggestion: `give ${bounds}, like ${byDefault}` });
      return byDefault;
    },
  };
}

/** A text that may not be empty. `check` answers what is wrong and how to mend it, or undefined. */
export function text(byDefault: string, help: string, check: Check = () => undefined): Field<string> {
  return {
    takes: 'text',
    default: byDefault,
    help,
    read: (value, path, report) => readText(value, path, report, check) ?? byDefault,
  };
}

/** A text that may be absent. */
export function optionalText(help: string, check: Check = () => undefined): Field<string | undefined> {
  return {
    takes: 'text',
    default: undefined,
    help,
    read: (value, path, report) => (value === undefined ? undefined : readText(value, path, report, check)),
  };
}

type Check = (value: string) => { readonly problem: string; readonly suggestion: string } | undefined;

function readText(value: unknown, path: string, report: (fault: Fault) => void, check: Check): string | undefined {
  const given = typeof value === 'number' ? String(value) : value;
  if (typeof given !== 'string' || given === '') {
    report({ path, problem: `${show(value)} is not a text`, suggestion: 'write it in quotes' });
    return undefined;
  }
  const fault = check(given);
  if (fault !== undefined) report({ path, ...fault });
  return given;
}

/** Checks that a text is an http or https URL. */
export const isHttpUrl: Check = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return undefined;
  return { problem: `${show(value)} is not an http URL`, suggestion: 'write it like http://collector:9797' };
};

/** One of several words. */
export function choice<const Word extends string>(words: readonly Word[], byDefault: Word, help: string): Field<Word> {
  return {
    takes: `one of ${words.join(', ')}`,
    default: byDefault,
    help,
    read(value, path, report) {
      // YAML makes a number of a word like `2`.
      const word = words.find((candidate) => candidate === (typeof value === 'number' ? String(value) : value));
      if (word === undefined) {
        report({
          path,
          problem: `${show(value)} is not known here`,
          suggestion: `${didYouMean(String(value), words)}take one of ${words.join(', ')}`,
        });
      }
      return word ?? byDefault;
    },
  };
}

/** A list of texts; a single text stands for a list of one. */
export function list(byDefault: readonly string[], help: string, check: Check = () => undefined): Field<readonly string[]> {
  return {
    takes: 'list of texts',
    default: byDefault,
    help,
    read(value, path, report) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.flatMap((item, at) => readText(item, items.length === 1 ? path : `${path}[${at}]`, report, check) ?? []);
    },
  };
}

/** Texts by free keys (labels). */
export function texts(help: string, checkKey: Check = () => undefined): Field<Readonly<Record<string, string>>> {
  return {
    takes: 'texts by name',
    default: {},
    help,
    read(value, path, report) {
      const read: Record<string, string> = {};
      for (const [key, item] of Object.entries(asRecord(value, path, report))) {
        const fault = checkKey(key);
        if (fault !== undefined) report({ path: join(path, key), ...fault });
        read[key] = readText(item, join(path, key), report, () => undefined) ?? '';
      }
      return read;
    },
  };
}
