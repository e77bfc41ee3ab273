import type * as Http from 'node:http';
import type { Clock } from '../clock.ts';
import type { AgentConfig } from '../config.ts';
import { messageOf } from '../contract/errors.ts';
import { writeUrl } from '../transport/collectors.ts';
import type { Row } from './row.ts';

const DEADLINE_MS = 5000;
// A Date header has whole seconds and a moment on the way; beyond this, samples stand visibly beside those of other nodes.
const CLOCK_TOLERANCE_MS = 3000;

interface Pong {
  readonly status: number;
  readonly server: string;
  /** Milliseconds since the epoch by the server's clock, to the second; NaN where it does not tell. */
  readonly date: number;
}

/** Whether each collector answers, and how far its clock is from this node's. */
export async function examineCollectors({ collector }: AgentConfig, clock: Clock): Promise<readonly Row[]> {
  return (await Promise.all(collector.map((url) => examineCollector(url, clock)))).flat();
}

async function examineCollector(collector: string, clock: Clock): Promise<readonly Row[]> {
  const name = 'collector';
  const url = writeUrl(collector);
  url.pathname = url.pathname.replace(/\/write$/, '/ping');
  url.search = '';
  const shown = `${url.origin}${url.pathname.replace(/\/ping$/, '')}`;
  const sent = clock.wall();
  try {
    const pong = await ping(url);
    const received = clock.wall();
    if (pong.status >= 400) {
      return [{ state: 'broken', name, why: `${shown} answers /ping with ${pong.status}: this is no collector, nor InfluxDB` }];
    }
    return [
      { state: 'ok', name, why: `${shown} answers${pong.server === '' ? '' : ` (${pong.server})`}` },
      ...clockRow(pong.date, sent, received, shown),
    ];
  } catch (error) {
    const port = url.port === '' ? '' : `, port ${url.port}`;
    return [{ state: 'broken', name, why: `${shown}: ${messageOf(error)}`, fix: `systemctl start vigie   (on ${url.hostname}${port})` }];
  }
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

async function ping(url: URL): Promise<Pong> {
  const http: Pick<typeof Http, 'request'> = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const late = AbortSignal.timeout(DEADLINE_MS);
  return await new Promise<Pong>((resolve, reject) => {
    const request = http.request(url, { method: 'GET', agent: false, signal: late }, (response) => {
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
