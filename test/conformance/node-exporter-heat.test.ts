import { expect, test } from 'vitest';
import rapl from '../../agent/samplers/rapl/index.ts';
import throttle from '../../agent/samplers/throttle/index.ts';
import { madeMachine } from '../machines/made-machine.ts';
import { amd, intelTwoPackages, topology, zone } from '../machines/power-machines.ts';
import { needsServer } from '../services/needs-server.ts';
import { startNodeExporter } from '../services/node-exporter.ts';
import { parseExposition } from './prometheus-text.ts';
import type { Family } from './prometheus-text.ts';
import { readOnce } from './read-once.ts';

const cpus = topology([
  [0, 0, 0, [11, 5]],
  [1, 0, 1, [12, 5]],
  [2, 1, 0, [0, 7]],
  [10, 0, 0, [99, 6]],
]);

const FAMILIES = /^node_(rapl_|cpu_(core|package)_throttles)/;

needsServer('prometheus-node-exporter')('RAPL and throttling as node_exporter has them', () => {
  test.each([
    ['two Intel packages', { ...intelTwoPackages, ...cpus }],
    ['AMD', { ...amd, ...cpus }],
    [
      'packages of several dies, on two buses',
      { ...zone('intel-rapl:0', 'package-0-die-1', 5e6), ...zone('intel-rapl-mmio:0', 'package-0', 7e6) },
    ],
  ])('of %s: names, help, labels and values are equal', async (_, files) => {
    const { root } = madeMachine(files);
    const exporter = await startNodeExporter([`--path.sysfs=${root}/sys`]);
    try {
      const response = await fetch(`${exporter.url}/metrics`, { signal: AbortSignal.timeout(20_000) });
      const theirs = families((await response.text()).replaceAll(`"${root}/sys/`, '"/sys/'));
      const { text } = await readOnce(root, { kinds: [rapl, throttle], config: { throttle: { per_core: true } } });
      expect(theirs.size).toBeGreaterThan(0);
      expect(families(text)).toEqual(theirs);
    } finally {
      await exporter.stop();
    }
  });
});

function families(text: string): ReadonlyMap<string, Family> {
  return new Map([...parseExposition(text)].filter(([name]) => FAMILIES.test(name)));
}
