import { Agent, request } from 'node:http';

/** Expressions asked together, over this time. Seconds. */
export interface TimedQuestion {
  readonly expressions: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What was answered. */
export interface Timed {
  /** Milliseconds until the last byte of the last answer. */
  readonly wall: number;
  /** Series and values of all answers together. */
  readonly series: number;
  readonly values: number;
}

// Panels of a page are asked for over as many connections as a browser opens to one server, and keeps.
const agent = new Agent({ keepAlive: true, maxSockets: 6 });

/** Asks `/api/v1/query_range` of a server, several at once; answers are read whole, uncompressed. Throws where one is no success. */
export async function askTimed(url: string, { expressions, ...range }: TimedQuestion): Promise<Timed> {
  const began = performance.now();
  const texts = await Promise.all(expressions.map((query) => post(`${url}/api/v1/query_range`, { query, ...range })));
  const wall = performance.now() - began;
  let [series, values] = [0, 0];
  for (const text of texts) {
    const { status, data } = JSON.parse(text) as { status: string; data: { result: { values: unknown[] }[] } };
    if (status !== 'success') throw new Error(`${url}: ${text.slice(0, 500)}`);
    series += data.result.length;
    for (const { values: its } of data.result) values += its.length;
  }
  return { wall, series, values };
}

function post(url: string, parameters: Readonly<Record<string, string | number>>): Promise<string> {
  const body = new URLSearchParams(Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'accept-encoding': 'identity',
  };
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve(Buffer.concat(parts).toString()));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
