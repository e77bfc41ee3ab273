import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readAgentConfig } from '../agent/config.ts';
import { readConfig } from '../agent/contract/config.ts';
import { samplerKinds } from '../agent/kinds.gen.ts';
import { collectorFields } from '../collector/config.ts';
import { documents } from './documents.ts';

const root = join(import.meta.dirname, '..');

/** The example, and the same with every key set that is there as a remark. */
function example(name: string): { readonly asItIs: unknown; readonly whole: unknown } {
  const text = documents[`deploy/examples/${name}.yaml`] ?? '';
  return { asItIs: parse(text), whole: parse(text.replaceAll(/^#(?!#)/gm, '')) };
}

function readAgent(document: unknown): unknown {
  const { samplers, ...config } = readAgentConfig(samplerKinds, document, 'example', {});
  // That a key is written down changes what doctor expects, not what runs.
  return { ...config, samplers: samplers.map(({ kind, period, options }) => ({ kind, period, options })) };
}

function readCollector(document: unknown): unknown {
  return readConfig(collectorFields, document, 'example', {});
}

it.each(Object.keys(documents))('%s says what the programs are', (path) => {
  expect(readFileSync(join(root, path), 'utf8'), 'stale; run: node deploy/generate.mjs').toBe(documents[path]);
});

describe('an example configuration', () => {
  it('of the agent holds every default, so that setting all of them changes nothing', () => {
    const { asItIs, whole } = example('agent');
    expect(readAgent(whole)).toEqual(readAgent(asItIs));
    expect(readAgent(asItIs)).toEqual({
      ...(readAgent({}) as object),
      collector: ['http://collector:9797'],
      tokenFile: '/etc/vigie/token',
    });
  });

  it('of the collector holds every default, and names every store', () => {
    const { asItIs, whole } = example('collector');
    expect(readCollector(asItIs)).toEqual({ ...(readCollector({}) as object), listen: '0.0.0.0:9797', data: '/var/lib/vigie' });
    expect(readCollector(whole)).toEqual(readCollector({ ...(asItIs as object), stores: { duckdb: {}, influxdb: {}, prometheus: {} } }));
  });
});

it('the page of metrics has a row for what node_exporter has, and for what is ours', () => {
  const page = documents['deploy/METRICS.md'];
  expect(page).toContain('| `node_cpu_seconds_total` | counter | seconds | cpu, mode | Seconds the CPUs spent in each mode. |');
  expect(page).toContain('| `vigie_agent_slowdown` | gauge |');
});
