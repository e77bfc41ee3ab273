import { parseFloatText, quoted } from '../promql/go-text.ts';
import { durationOf as secondsOf, LONGEST_DURATION } from '../promql/parse/duration.ts';
import { QueryError } from '../promql/query-error.ts';

/** The parameters of a question, of its URL and its form; where both have one, the form's counts. */
export interface Parameters {
  /** Empty where it is absent. */
  text(name: string): string;
  all(name: string): readonly string[];
  /** Milliseconds since the epoch, from Unix seconds or RFC 3339. */
  time(name: string): number;
  timeOr(name: string, byDefault: number): number;
  /** Milliseconds, from seconds or a duration such as `1h30m`; undefined where it is absent. */
  duration(name: string): number | undefined;
  /** 0 where it is absent, which is no limit. */
  limit(): number;
}

/** Times are held within what a Date can hold (ECMAScript, 21.4.1.1). */
export const LATEST_MS = 8.64e15;

/** Reads the parameters. Their getters throw QueryError `bad_data` with Prometheus's words (web/api/v1/api.go). */
export function parametersOf(search: string, form: Uint8Array | undefined): Parameters {
  const inUrl = new URLSearchParams(search);
  const inForm = new URLSearchParams(form === undefined ? '' : new TextDecoder().decode(form));
  const text = (name: string): string => inForm.get(name) ?? inUrl.get(name) ?? '';
  const time = (name: string): number => {
    const given = text(name);
    return timeOf(given) ?? refuse(name, `cannot parse ${quoted(given)} to a valid timestamp`);
  };
  return {
    text,
    all: (name) => [...inForm.getAll(name), ...inUrl.getAll(name)],
    time,
    timeOr(name, byDefault) {
      const given = text(name);
      if (given === '') return byDefault;
      return timeOf(given) ?? refuse(name, `invalid time value for '${name}': cannot parse ${quoted(given)} to a valid timestamp`);
    },
    duration(name) {
      const given = text(name);
      return given === '' ? undefined : durationOf(given, (problem) => refuse(name, problem));
    },
    limit() {
      const given = text('limit');
      if (given === '') return 0;
      if (!/^[+-]?\d+$/.test(given)) return refuse('limit', `strconv.Atoi: parsing ${quoted(given)}: invalid syntax`);
      const limit = Number(given);
      return limit < 0 ? refuse('limit', 'limit must be non-negative') : limit;
    },
  };
}

/** Refuses a parameter with Prometheus's words. */
export function refuse(parameter: string, problem: string): never {
  throw new QueryError('bad_data', `invalid parameter ${quoted(parameter)}: ${problem}`);
}

const RFC_3339 = /^(\d{4}-\d{2}-(\d{2}))T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function timeOf(text: string): number | undefined {
  const seconds = parseFloatText(text);
  if (seconds !== undefined && !Number.isNaN(seconds)) {
    const whole = Math.trunc(seconds);
    return Math.min(Math.max(whole * 1000 + Math.round((seconds - whole) * 1000), -LATEST_MS), LATEST_MS);
  }
  const [, date, day] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return undefined;
  // A 30th of February would be taken for a day in March.
  if (new Date(date).getUTCDate() !== Number(day)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function durationOf(text: string, fail: (problem: string) => never): number {
  const plain = parseFloatText(text);
  if (plain !== undefined && Math.abs(plain) > LONGEST_DURATION)
    fail(`cannot parse ${quoted(text)} to a valid duration. It overflows int64`);
  const seconds = plain ?? (/^(?:\d+[a-z]+)+$/.test(text) ? secondsOf(text) : Number.NaN);
  if (typeof seconds === 'string' || Number.isNaN(seconds)) return fail(`cannot parse ${quoted(text)} to a valid duration`);
  return Math.trunc(seconds * 1e9) / 1e6;
}
