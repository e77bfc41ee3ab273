import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { amd, intelTwoPackages, pmCounters } from '../../../test/machines/power-machines.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import powercap from './index.ts';

test('the constraints of packages are shown by name; a limit of 0 and a zone that is off hold nothing', async () => {
  const machine = madeMachine(intelTwoPackages);
  const watched = await watch(powercap, machine.root);
  const first = {
    'power_cap_watts{component="package0",constraint="long_term"}': 205,
    'power_cap_watts{component="package0",constraint="short_term"}': 246,
  };
  expect(await watched.round()).toEqual({
    ...first,
    'power_cap_watts{component="package1",constraint="long_term"}': 205,
    'power_cap_watts{component="package1",constraint="short_term"}': 246,
  });
  machine.write('/sys/class/powercap/intel-rapl:1/enabled', '0\n');
  machine.write('/sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw', '120000000\n');
  expect(await watched.round()).toEqual({ ...first, 'power_cap_watts{component="package0",constraint="long_term"}': 120 });
});

test("Cray's cap of the node is shown, an accelerator's that is 0 W is none", async () => {
  const { root } = madeMachine(pmCounters(1_000_000));
  expect(await (await watch(powercap, root)).round()).toEqual({ 'power_cap_watts{component="node",constraint="cap"}': 2000 });
  expect(powercap.examine?.(openHost(root), {})).toEqual([{ source: 'power caps', found: true, why: 'node cap 2000 W' }]);
});

test('a node without caps says so', async () => {
  await expect(watch(powercap, madeMachine(amd).root)).rejects.toThrow(Unavailable);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded power caps, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('what the procfs library has recorded is read', async () => {
  expect(await (await watch(powercap, `${data}/machines/procfs`)).round()).toMatchObject({
    'power_cap_watts{component="package0",constraint="long_term"}': 4090,
    'power_cap_watts{component="package10",constraint="short_term"}': 4090,
  });
});
