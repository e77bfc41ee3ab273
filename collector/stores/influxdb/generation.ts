import { Transient } from '../../../agent/contract/errors.ts';
import type { Connections } from '../post.ts';

/** The three InfluxDBs, which agree on line protocol and on little else. */
export type Generation = '1' | '2' | '3';

/** What a version header says: `1.8.10`, `v2.7.1` and `3.0.1` have all been sent; undefined where it says nothing. */
export function generationOf(version: string | undefined): Generation | undefined {
  const [, major] = /^v?(\d+)\./.exec(version ?? '') ?? [];
  return major === '1' || major === '2' || major === '3' ? major : undefined;
}

/** Asks a server which InfluxDB it is; `otherwise` where it does not say, as behind some proxies. Throws Transient without an answer. */
export async function askGeneration(
  server: Connections,
  url: string,
  authorization: string | undefined,
  otherwise: Generation,
  signal: AbortSignal,
): Promise<Generation> {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await server.send({ method: 'GET', url: new URL(`${url}/ping`), headers, body: [] }, signal);
  if (answer.status >= 500) throw new Transient(`${url}/ping answered ${answer.status}`);
  const version = answer.headers['x-influxdb-version'];
  return generationOf(Array.isArray(version) ? version[0] : version) ?? otherwise;
}
