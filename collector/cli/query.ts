import { parseArgs } from 'node:util';
import { say } from '../../agent/contract/say.ts';
import { DEFAULT_URL, askCollector } from './ask-collector.ts';
import type { Command } from './commands.ts';
import { pointedAt } from './pointed-at.ts';
import { asCsv, asTable } from './query-listing.ts';
import type { QueryData } from './query-listing.ts';
import { standardError } from './standard-error.ts';
import { momentOf } from './moment.ts';
import { UsageError } from './usage-error.ts';

const FORMATS = ['table', 'json', 'csv'] as const;
/** A little more than a collector takes at most, unless it is configured. */
const TIMEOUT_MS = 150_000;
/** Steps of a time whose step is not said. */
const STEPS = 60;

/** Asks a running collector in PromQL. */
export const query: Command = {
  usage: 'query EXPR [--at TIME] [--from TIME [--to TIME] [--step DURATION]] [--format table|json|csv] [--url URL]',
  summary: 'Asks a running collector in PromQL; TIME is RFC 3339, Unix seconds, or so long ago, like 1h.',
  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        at: text,
        from: text,
        to: text,
        step: text,
        format: { ...text, default: 'table' },
        url: { ...text, default: DEFAULT_URL },
      },
    });
    const [expression, ...more] = positionals;
    if (expression === undefined || more.length > 0) throw new UsageError(`give one expression in quotes: vigie ${this.usage}`);
    const format = FORMATS.find((known) => known === values.format);
    if (format === undefined) throw new UsageError(`--format ${values.format} is not known; take ${FORMATS.join(', ')}`);
    const { path, form } = questionOf(expression, values, Date.now());
    const { address, response, body } = await askCollector(values.url, path, { form, timeoutMs: TIMEOUT_MS });
    if (!isAnswer(body)) throw new Error(`${address} answers ${response.status}, and not as Prometheus does; is it a collector of Vigie?`);
    if (body.status !== 'success')
      throw new Error(pointedAt((body.error ?? 'no reason was given').replace('invalid parameter "query": ', ''), expression));
    const { data, warnings = [], infos = [] } = body;
    for (const [kind, notes] of Object.entries({ warning: warnings, info: infos }))
      for (const note of notes) standardError(`${kind}: ${note}\n`);
    say(format === 'json' ? `${JSON.stringify(data)}\n` : format === 'csv' ? asCsv(data) : asTable(data));
    return 0;
  },
};

interface Times {
  readonly at?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly step?: string | undefined;
}

/** Where and with what an expression is asked. Throws UsageError where the times make no sense. */
export function questionOf(
  expression: string,
  { at, from, to, step }: Times,
  now: number,
): { readonly path: string; readonly form: Readonly<Record<string, string>> } {
  if (from === undefined) {
    if (to !== undefined || step !== undefined) throw new UsageError('--to and --step need --from, which makes it a question over time');
    return { path: 'api/v1/query', form: { query: expression, time: seconds(momentOf('--at', at ?? 'now', now)) } };
  }
  if (at !== undefined) throw new UsageError('--at is one time and --from a stretch of it; take one of them');
  const start = momentOf('--from', from, now);
  const end = momentOf('--to', to ?? 'now', now);
  if (end < start) throw new UsageError('--to is before --from');
  const byDefault = String(Math.max(1, Math.round((end - start) / STEPS / 1000)));
  return { path: 'api/v1/query_range', form: { query: expression, start: seconds(start), end: seconds(end), step: step ?? byDefault } };
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: QueryData;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

function isAnswer(body: unknown): body is Answer {
  return typeof body === 'object' && body !== null && 'status' in body && (body.status === 'error' || 'data' in body);
}
