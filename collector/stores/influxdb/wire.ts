import { Transient } from '../../../agent/contract/errors.ts';
import type { Wire } from '../forward.ts';
import { judge, reasonOf } from '../judge.ts';
import { connections } from '../post.ts';
import type { Answer } from '../post.ts';
import type { Secret } from '../secret.ts';
import { askGeneration } from './generation.ts';
import type { Generation } from './generation.ts';
import { influxql } from './influxql.ts';
import { setUp } from './set-up.ts';

/** An InfluxDB of any generation, and who we are to it. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  /** Database of 1.x and 3. */
  readonly database: string;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly token: Secret | undefined;
  /** Organisation and bucket of 2.x; the bucket is the database where it has no name of its own. */
  readonly org: string | undefined;
  readonly bucket: string | undefined;
  readonly retentionMs: number;
  readonly version: Generation | 'auto';
}

/** Where and how lines are written, once the server has been found ready for them. */
interface Door {
  readonly generation: Generation;
  readonly url: URL;
  readonly authorization: string | undefined;
}

const DEADLINE_MS = 10_000;

/** Writes to an InfluxDB: finds out its generation, sets a 1.x up, and does both again when it has forgotten its database. */
export function influxWire(target: Target, inFlight: number, warn: (message: string) => void): Wire {
  const server = connections({ most: inFlight, deadlineMs: DEADLINE_MS });
  const where = `influxdb store ${target.url}`;
  let door: Promise<Door> | undefined;

  const opened = (signal: AbortSignal): Promise<Door> => {
    const opening = door ?? open(signal);
    door = opening;
    opening.catch(() => forget(opening));
    return opening;
  };
  // Only the one that failed: another request may have opened it again meanwhile.
  const forget = (failed: Promise<Door>): void => {
    if (door === failed) door = undefined;
  };
  const open = async (signal: AbortSignal): Promise<Door> => {
    target.password?.refresh();
    target.token?.refresh();
    const generation =
      target.version === 'auto' ? await askGeneration(server, target.url, authorizationOf(target), guess(target), signal) : target.version;
    if (generation === '1') {
      const { url, database, username } = target;
      await setUp(influxql({ url, database, username, password: target.password?.value() }), database, target.retentionMs, warn);
    }
    return { generation, url: writeUrl(target, generation), authorization: authorizationOf(target, generation) };
  };

  const send = (through: Door, members: readonly Uint8Array[], signal: AbortSignal): Promise<Answer> => {
    const authorization = through.authorization === undefined ? {} : { authorization: through.authorization };
    const encoding = members.length === 0 ? {} : { 'content-encoding': 'gzip' };
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...authorization, ...encoding };
    return server.send({ method: 'POST', url: through.url, headers, body: members }, signal);
  };

  return {
    where,
    async post(members, signal) {
      let current = opened(signal);
      let answer = await send(await current, members, signal);
      if (hasLostDatabase(answer)) {
        forget(current);
        current = opened(signal);
        answer = await send(await current, members, signal);
      }
      if (answer.status === 401 || answer.status === 403) forget(current);
      judge(answer, where);
    },
    close: () => server.close(),
  };
}

// What the configuration is made for, where the server does not say what it is.
function guess({ org, token }: Target): Generation {
  if (org !== undefined) return '2';
  return token === undefined ? '1' : '3';
}

function writeUrl(target: Target, generation: Generation): URL {
  const url = new URL(target.url + (generation === '1' ? '/write' : '/api/v2/write'));
  if (generation === '1') url.searchParams.set('db', target.database);
  else url.searchParams.set('bucket', target.bucket ?? target.database);
  if (generation === '2') {
    if (target.org === undefined) throw new Transient(`influxdb store ${target.url} is an InfluxDB 2, which needs stores.influxdb.org`);
    url.searchParams.set('org', target.org);
  }
  url.searchParams.set('precision', 'ms');
  return url;
}

function authorizationOf({ username, password, token }: Target, generation?: Generation): string | undefined {
  if (token !== undefined) return `${generation === '3' ? 'Bearer' : 'Token'} ${token.value()}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password?.value() ?? ''}`).toString('base64')}`;
}

function hasLostDatabase(answer: Answer): boolean {
  return answer.status === 404 && reasonOf(answer).startsWith('database not found');
}
