import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readAgentConfig } from './config.ts';
import { ConfigError } from './contract/config.ts';
import { flag } from './contract/fields.ts';
import type { SamplerKind } from './sampler.ts';

const kinds: readonly SamplerKind[] = [
  { name: 'cpu', summary: 'CPU.', metrics: {}, options: { per_core: flag(true, 'Each core.') }, open: () => ({ sample: () => undefined }) },
  { name: 'slow', summary: 'Slow.', period: '30s', metrics: {}, options: {}, open: () => ({ sample: () => undefined }) },
];
const reading = (document: unknown) => () => read(document);
const periods = (document: unknown): number[] => read(document).samplers.map(({ period }) => period);
const read = (document: unknown, env = {}) => readAgentConfig(kinds, document, 'agent.yaml', env);

test('nothing said is a collector on this machine, every sampler, five seconds and 256 MiB', () => {
  const config = read({});
  expect(config).toMatchObject({
    collector: ['http://127.0.0.1:9797'],
    cluster: 'default',
    instance: hostname(),
    period: 5000,
    push: 10_000,
    spool: { dir: undefined, maxBytes: 268_435_456 },
    budget: { cpu: 0.01, memory: 104_857_600 },
  });
  expect(config.samplers.map(({ kind, period, options }) => [kind.name, period, options])).toEqual([
    ['cpu', 5000, { per_core: true }],
    ['slow', 30_000, {}],
  ]);
});

test("a sampler has its own period, then its kind's where the agent is faster, then the agent's", () => {
  expect(periods({ period: '1s', samplers: { cpu: { period: '200ms' }, slow: { period: '2s' } } })).toEqual([200, 2000]);
  expect(periods({ period: '1m' })).toEqual([60_000, 60_000]);
  expect(periods({ samplers: { cpu: { enabled: false } } })).toEqual([30_000]);
});

test('batches never leave more often than rounds are taken', () => {
  expect(read({ period: '1m' }).push).toBe(60_000);
});

test('several collectors stand in their order, and variables are expanded', () => {
  expect(read({ collector: ['http://a:1', 'http://${B}:2'] }, { B: 'b' }).collector).toEqual(['http://a:1', 'http://b:2']);
});

test('every fault is reported at once, with a suggestion', () => {
  const faulty = reading({
    collector: ['http://a:1', 'b:2'],
    period: '1ms',
    budget: { cpu: '0%' },
    labels: { job: 'x', 'a-b': 'y' },
    samplers: { cpus: {}, slow: { per_core: true } },
  });
  expect(faulty).toThrow(ConfigError);
  expect(faulty).toThrow(/7 faults/);
  expect(faulty).toThrow(
    /collector\[1\]: .*like http:\/\/collector:9797[^]*period: .*too short[^]*budget\.cpu: [^]*samplers\.cpus: unknown key; did you mean cpu\?/,
  );
});
