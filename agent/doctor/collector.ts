import type * as Http from 'node:http';
import type { Clock } from '../clock.ts';
import type { AgentConfig } from '../config.ts';
import { ConfigError } from '../contract/config.ts';
import { messageOf } from '../contract/errors.ts';
import { openToken } from '../token.ts';
import { writeUrl } from '../transport/collectors.ts';
import type { Row } from './row.ts';

const DEADLINE_MS = 5000;
// A Date header has whole seconds and a moment on the way; beyond this, samples stand visibly beside those of other nodes.
const CLOCK_TOLERANCE_MS = 3000;

interface Answer {
  readonly status: number;
  readonly server: string;
  /** Milliseconds since the epoch by the server's clock, to the second; NaN where it does not tell. */
  readonly date: number;
}

/** Whether each collector answers and takes the token, and how far its clock is from this node's. */
export async function examineCollectors({ collector, tokenFile }: AgentConfig, clock: Clock): Promise<readonly Row[]> {
  const token = tokenIn(tokenFile);
  return (await Promise.all(collector.map((url) => examineCollector(url, token, clock)))).flat();
}

async function examineCollector(collector: string, token: string | undefined, clock: Clock): Promise<readonly Row[]> {
  const name = 'collector';
  const write = writeUrl(collector);
  const ping = new URL(write);
  ping.pathname = write.pathname.replace(/\/write$/, '/ping');
  ping.search = '';
  const shown = `${ping.origin}${ping.pathname.replace(/\/ping$/, '')}`;
  const sent = clock.wall();
  try {
    const { status, server, date } = await ask(ping, 'GET', {});
    const received = clock.wall();
    if (status >= 400) return [{ state: 'broken', name, why: `${shown} answers /ping with ${status}: no collector is there` }];
    const why = `${shown} answers${server === '' ? '' : ` (${server})`}`;
    return [{ state: 'ok', name, why }, ...(await tokenRow(write, shown, token)), ...clockRow(date, sent, received, shown)];
  } catch (error) {
    const port = ping.port === '' ? '' : `, port ${ping.port}`;
    return [{ state: 'broken', name, why: `${shown}: ${messageOf(error)}`, fix: `systemctl start vigie   (on ${ping.hostname}${port})` }];
  }
}

// A post without a line stores nothing, and is refused as one with lines would be.
async function tokenRow(write: URL, shown: string, token: string | undefined): Promise<readonly Row[]> {
  const { status } = await ask(write, 'POST', token === undefined ? {} : { Authorization: `Bearer ${token}` });
  if (status !== 401 && status !== 403) return [];
  const why = token === undefined ? `${shown} needs a token, and none is configured` : `${shown} does not take the token`;
  return [{ state: 'broken', name: 'token', why, fix: 'token_file: FILE   (with what `vigie token NODE` prints on the collector)' }];
}

function clockRow(date: number, sent: number, received: number, shown: string): readonly Row[] {
  const name = 'clock';
  if (Number.isNaN(date)) return [];
  // The header is cut to its second, so the true time lies up to one second behind it.
  const ahead = sent - (date + 1000);
  const behind = date - received;
  const off = Math.max(ahead, behind);
  if (off <= CLOCK_TOLERANCE_MS) return [{ state: 'ok', name, why: `agrees with that of ${shown}` }];
  const way = ahead > behind ? 'ahead of' : 'behind';
  return [{ state: 'broken', name, why: `${Math.round(off / 1000)} s ${way} that of ${shown}`, fix: 'timedatectl set-ntp true' }];
}

async function ask(url: URL, method: 'GET' | 'POST', headers: Readonly<Record<string, string>>): Promise<Answer> {
  const http: Pick<typeof Http, 'request'> = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const late = AbortSignal.timeout(DEADLINE_MS);
  return await new Promise<Answer>((resolve, reject) => {
    const sized = method === 'POST' ? { ...headers, 'Content-Length': '0' } : headers;
    const request = http.request(url, { method, headers: sized, agent: false, signal: late }, (response) => {
      response.resume();
      const version = response.headers['x-influxdb-version'];
      resolve({
        status: response.statusCode ?? 0,
        server: typeof version === 'string' ? version : '',
        date: Date.parse(response.headers.date ?? ''),
      });
    });
    request.on('error', (error) => reject(late.aborted ? new Error(`no answer within ${DEADLINE_MS / 1000} s`) : error));
    request.end();
  });
}

// What is wrong with the file itself is said of the file.
function tokenIn(file: string | undefined): string | undefined {
  try {
    return openToken(file)();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
