import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname } from 'node:path';
import { HttpFault } from '../http-fault.ts';

/** A node's name in a token that may write for every node: for gateways that send for many. */
export const ANY_NODE = '*';

/** Makes and checks tokens. A token names its node and proves it with the collector's key, so that none has to be kept. */
export interface Tokens {
  /** `vigie1.NODE.SIGNATURE`. */
  issue(node: string): string;
  /** The node that the request's token is for, or {@link ANY_NODE}. Throws 401 where there is none or it is not ours. */
  nodeOf(headers: IncomingHttpHeaders, query: Readonly<Record<string, unknown>>): string;
}

const PREFIX = 'vigie1';

/** Tokens of the key in this file, or undefined where there is no such file: then nobody needs one. */
export function loadTokens(keyFile: string): Tokens | undefined {
  return existsSync(keyFile) ? tokensOf(readFileSync(keyFile, 'utf8').trim()) : undefined;
}

/** Tokens of the key in this file, which is made where it is missing; only its owner may read it. */
export function makeTokens(keyFile: string): Tokens {
  if (!existsSync(keyFile)) {
    mkdirSync(dirname(keyFile), { recursive: true });
    writeFileSync(keyFile, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(keyFile, 0o600);
  }
  return tokensOf(readFileSync(keyFile, 'utf8').trim());
}

/** Tokens signed with this key. */
export function tokensOf(key: string): Tokens {
  const sign = (node: string): Buffer => createHmac('sha256', key).update(`${PREFIX}.${node}`).digest();
  const check = (token: string): string | undefined => {
    const [prefix, name, signature, ...more] = token.split('.');
    if (prefix !== PREFIX || name === undefined || signature === undefined || more.length > 0) return undefined;
    const node = Buffer.from(name, 'base64url').toString('utf8');
    const given = Buffer.from(signature, 'base64url');
    const right = sign(node);
    return given.length === right.length && timingSafeEqual(given, right) ? node : undefined;
  };
  return {
    issue: (node) => [PREFIX, Buffer.from(node).toString('base64url'), sign(node).toString('base64url')].join('.'),
    nodeOf(headers, query) {
      const token = tokenIn(headers, query);
      if (token === undefined)
        throw new HttpFault(401, 'a token is needed: send Authorization: Bearer TOKEN; make one with: vigie token NODE');
      const node = check(token);
      if (node === undefined) throw new HttpFault(401, "the token is not one of this collector's; make one with: vigie token NODE");
      return node;
    },
  };
}

// `Bearer T` and `Token T` (InfluxDB 2), basic authorization's password and the parameter `p` (InfluxDB 1).
function tokenIn(headers: IncomingHttpHeaders, query: Readonly<Record<string, unknown>>): string | undefined {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(/ +/, 2);
  if (/^(bearer|token)$/i.test(scheme)) return credentials;
  if (/^basic$/i.test(scheme))
    return Buffer.from(credentials, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  return typeof query['p'] === 'string' ? query['p'] : undefined;
}
