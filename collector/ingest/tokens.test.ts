import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/collector.ts';
import { loadTokens, makeTokens, tokensOf } from './tokens.ts';

describe('a token', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const tokens = tokensOf('secret');
  const token = tokens.issue('dahu33');

  it.each([
    ['a bearer', { authorization: `Bearer ${token}` }, {}],
    ['InfluxDB 2', { authorization: `Token ${token}` }, {}],
    ['a password', { authorization: `Basic ${Buffer.from(`any:${token}`).toString('base64')}` }, {}],
    ['InfluxDB 1', {}, { u: 'any', p: token }],
  ])('names its node, sent as by %s', (_way, headers, query) => {
    expect(tokens.nodeOf(headers, query)).toBe('dahu33');
  });

  it('may be for any node, and for names with dots', () => {
    for (const node of ['*', 'a.b.c']) expect(tokens.nodeOf({ authorization: `Bearer ${tokens.issue(node)}` }, {})).toBe(node);
  });

  const [prefix, , signature] = token.split('.');
  it.each([
    '',
    'x',
    token.slice(0, -2),
    `${token}A.A`,
    token.replace('vigie1', 'vigie2'),
    `${prefix}.${Buffer.from('dahu34').toString('base64url')}.${signature}`,
    `${prefix}..${signature}`,
    tokensOf('other').issue('dahu33'),
  ])('that is not ours is refused: %s', (wrong) => {
    expect(() => tokens.nodeOf({ authorization: `Bearer ${wrong}` }, {})).toThrow('vigie token NODE');
  });

  it('is needed where a key stands, and only there; the key is its owner’s alone and made once', () => {
    const file = join(folder.path, 'new', 'token.key');
    expect(loadTokens(file)).toBeUndefined();
    const made = makeTokens(file).issue('a');
    expect(makeTokens(file).issue('a')).toBe(made);
    expect(loadTokens(file)?.issue('a')).toBe(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => loadTokens(file)?.nodeOf({}, {})).toThrow('a token is needed');
  });
});
