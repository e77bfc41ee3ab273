import { describe, expect, it } from 'vitest';
import { readConfig } from '../../agent/contract/config.ts';
import { collectorFields } from '../config.ts';
import { greeting } from './greeting.ts';

const greet = (config: Readonly<Record<string, unknown>>, tokens = false, agent = true): string =>
  greeting({ version: '1.2.3', options: readConfig(collectorFields, { data: '/var/lib/vigie', ...config }, 'test'), tokens, agent });

describe('what is said after the start', () => {
  it('names the address, the data, the store and how to stop', () => {
    expect(greet({})).toBe(
      [
        'vigie 1.2.3 is up; the page is at the address above.',
        '  listens  127.0.0.1:9797, for this machine only; writers need no token',
        '  data     /var/lib/vigie',
        '  stores   duckdb (kept 14 days)',
        "  agent    this machine's, every second (--no-agent leaves it out)",
        '  stop     Ctrl+C',
        '',
      ].join('\n'),
    );
  });

  it('says which stores are others, and that writers need tokens, but shows no password in a URL', () => {
    const stores = { duckdb: { retention: '30d' }, prometheus: { url: 'http://victoria:8428', required: false } };
    const said = greet({ listen: '0.0.0.0:9797', stores }, true, false);
    expect(said).toContain('0.0.0.0:9797, on every address of this machine; writers need a token (vigie token NODE)');
    expect(said).toContain('duckdb (kept 30 days); prometheus (victoria:8428, best-effort)');
    expect(said).toContain('agent    none here');
    expect(said).not.toContain('http');
  });
});
