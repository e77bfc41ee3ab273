import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Metrics } from '../../agent/contract/metric.ts';
import { samplerKinds } from '../../agent/kinds.gen.ts';
import { runtimeMetrics } from '../../agent/runtime-metrics.ts';
import { readOnce } from './read-once.ts';

const project = new URL('../..', import.meta.url).pathname;
const folders = readdirSync(`${project}agent/samplers`).sort();
const empty = mkdtempSync(join(tmpdir(), 'vigie-empty-'));
afterAll(() => rmSync(empty, { recursive: true }));

test('the list holds every folder, in order, and is what the generator makes', () => {
  expect(samplerKinds.map(({ name }) => name)).toEqual(folders);
  execFileSync(process.execPath, [`${project}deploy/generate.mjs`, '--check']);
});

test('no two samplers declare the same metric', () => {
  const names = samplerKinds.flatMap(({ metrics }) => Object.keys(metrics));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

const SENTENCE = /^[A-Z0-9/].*[^.]\.$/s;

describe.each(samplerKinds.map((kind) => ({ name: kind.name, kind })))('the sampler $name', ({ name, kind }) => {
  test('is what its folder says', () => {
    expect(existsSync(`${project}agent/samplers/${name}/metrics.ts`)).toBe(true);
    expect(existsSync(`${project}agent/samplers/${name}/${name}.test.ts`)).toBe(true);
    expect(kind.summary).toMatch(SENTENCE);
    for (const [key, metric] of Object.entries(kind.metrics)) {
      expect(metric.name).toBe(key);
      // Some of node_exporter's have no full stop; what is declared without one says so (inheritedHelp).
      expect(metric.help.replace(/\.?$/, '.')).toMatch(SENTENCE);
    }
    for (const option of Object.values(kind.options)) expect(option.help).toMatch(SENTENCE);
  });

  test('finds nothing on an empty host, and says so or is silent', async () => {
    const { values, unavailable } = await readOnce(empty, { kinds: [kind] });
    // The clock is the one source that every host has.
    const shown = values.filter(({ metric }) => metric.name !== 'node_time_seconds' && metric.name !== 'node_time_zone_offset_seconds');
    expect(shown).toEqual([]);
    expect(unavailable).toEqual(name === 'time' ? [] : [name]);
  });

  // What only the machine can name is of one of the sampler's own sets, and every value has the labels of its metric.
  test.each(['test/machines/this-vm', 'test/machines/composed-96-core', 'test/machines/odd', '/'])(
    'emits only what it declares on %s',
    async (machine) => {
      // How its child process fares, a sampler says in the agent's own name.
      const all: Metrics = { ...runtimeMetrics, ...kind.metrics };
      const sets = Object.values(all).map(({ set }) => set);
      const { values } = await readOnce(machine === '/' ? machine : project + machine, { kinds: [kind] });
      for (const { metric, labels, value } of values) {
        expect(all[metric.name] ?? metric).toEqual(metric);
        expect(sets).toContain(metric.set);
        expect(Object.keys(labels).sort()).toEqual([...metric.labels].sort());
        expect(Number.isFinite(value)).toBe(true);
      }
    },
  );
});
