import { messageOf } from '../../agent/contract/errors.ts';
import { UsageError } from './usage-error.ts';

/** Where a collector listens unless it is told otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:9797';

/** What a collector answered. */
export interface CollectorAnswer {
  /** Where it was asked. */
  readonly address: string;
  readonly response: Response;
  /** Its JSON; undefined where it answered with an error and something else. */
  readonly body: unknown;
}

/** What a collector is asked with. */
export interface CollectorQuestion {
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks a running collector over HTTP.
 *
 * @throws UsageError where the URL is none; Error that says what to do where nobody answers, or something else than JSON.
 */
export async function askCollector(
  url: string,
  path: string,
  { form, timeoutMs = TIMEOUT_MS }: CollectorQuestion = {},
): Promise<CollectorAnswer> {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UsageError(`--url ${url} is no address of a collector; write it like ${DEFAULT_URL}`);
  }
  const { href: address } = new URL(path, url.endsWith('/') ? url : `${url}/`);
  const posted = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(address, { ...posted, signal: AbortSignal.timeout(timeoutMs) }).catch((cause: unknown) => {
    const reason = cause instanceof Error && cause.cause !== undefined ? messageOf(cause.cause) : messageOf(cause);
    throw new Error(`no collector answers at ${url} (${reason}); start one with: vigie start, or name it with --url`, { cause });
  });
  const body: unknown = await response.json().catch((cause: unknown) => {
    if (!response.ok) return undefined;
    throw new Error(`${address} answers something else than JSON; is it a collector of Vigie?`, { cause });
  });
  return { address, response, body };
}
