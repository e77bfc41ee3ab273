import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { acpiMeter, grace, hwmonChip } from '../../../test/machines/power-machines.ts';
import power from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-power-'));
const program = process.argv[1];

const from = (file: string): string => JSON.stringify(new URL(`../../probe/${file}`, import.meta.url).pathname);

// The probes as the agent starts them: its own program with `--probe NAME`.
beforeAll(() => {
  const script = join(dir, 'agent.cjs');
  const contents = `import { runMeterProbe } from ${from('meter-child.ts')}; import { runIpmiProbe } from ${from('ipmi-child.ts')};
    ({ meter: runMeterProbe, ipmi: runIpmiProbe })[process.argv[3]]();`;
  buildSync({ stdin: { contents, resolveDir: dir }, bundle: true, platform: 'node', format: 'cjs', outfile: script });
  process.argv[1] = script;
});
afterAll(() => {
  process.argv[1] = program ?? '';
  rmSync(dir, { recursive: true });
});

// What a sampler with a child that is well says of it each round.
const WELL = { 'vigie_agent_probe_hung{probe="meter"}': 0 };

test('an ACPI meter is read in a child, every five seconds, and its watts are summed up', async () => {
  let now = 1_000_000;
  const machine = madeMachine(acpiMeter);
  const watched = await watch(power, machine.root, { now: () => now });
  expect(await watched.round()).toEqual({
    ...WELL,
    'power_node_watts{source="acpi"}': 412,
    'power_node_joules_total{source="acpi"}': 0,
  });
  machine.write('/sys/class/hwmon/hwmon0/power1_average', '588000000\n');
  now += 1000;
  expect(await watched.round()).toEqual(WELL);
  now += 4000;
  await expect
    .poll(() => watched.round(), { timeout: 20_000 })
    .toEqual({
      ...WELL,
      'power_node_watts{source="acpi"}': 588,
      // 500 W on the average for five seconds.
      'power_node_joules_total{source="acpi"}': 2500,
    });
});

test.each([
  ['all ones', '4294967295000'],
  ['nothing', '0'],
  ['an error', ''],
])('an ACPI meter that answers %s tells nothing', async (_, text) => {
  const { root, write } = meterOf(text);
  expect(await (await watch(power, root)).round()).toEqual(WELL);
  write('/sys/class/hwmon/hwmon1/name', 'power_meter\n');
  write('/sys/class/hwmon/hwmon1/power1_average', '1\n');
  await expect(watch(power, root)).rejects.toThrow(/2 ACPI power meters/);
});

function meterOf(text: string): { readonly root: string; write(this: void, path: string, text: string): void } {
  const machine = madeMachine(hwmonChip(0, 'power_meter', { power1_average: text }));
  return { root: machine.root, write: (path, text) => machine.write(path, text) };
}

test('of Grace the modules are the node, and every meter is a part', async () => {
  expect(await (await watch(power, madeMachine(grace).root)).round()).toEqual({
    ...WELL,
    'power_node_watts{source="module"}': 640,
    'power_node_joules_total{source="module"}': 0,
    'power_component_watts{component="module0"}': 640,
    'power_component_watts{component="grace0"}': 180,
    'power_component_watts{component="cpu0"}': 120,
    'power_component_watts{component="sysio0"}': 40,
  });
});

test('a chip that calls a sensor the system is its meter', async () => {
  const { root } = madeMachine(hwmonChip(0, 'ibmpowernv', { power1_label: 'System', power1_input: '1100000000', power2_input: '9000000' }));
  expect(await (await watch(power, root)).round()).toMatchObject({ 'power_node_watts{source="hwmon"}': 1100 });
});

// With this as the only ipmitool there is.
function ipmitool(body: string): void {
  const bin = mkdtempSync(join(dir, 'bin-'));
  writeFileSync(join(bin, 'ipmitool'), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, 'ipmitool'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = bin;
  onTestFinished(() => void (process.env['PATH'] = before));
}

test('the BMC is asked only where that is configured, and comes before an ACPI meter', async () => {
  ipmitool('echo "Instantaneous power reading: 431 Watts"; echo "Power reading state is: activated"');
  const { root } = madeMachine({ ...acpiMeter, '/dev/ipmi0': '' });
  expect(await (await watch(power, root)).round()).toMatchObject({ 'power_node_watts{source="acpi"}': 412 });
  expect(await (await watch(power, root, { config: { ipmi: true } })).round()).toMatchObject({ 'power_node_watts{source="ipmi"}': 431 });
});

test('a BMC that does not measure is left for the meter, after three of its periods', async () => {
  ipmitool('echo "Instantaneous power reading: 0 Watts"; echo "Power reading state is: deactivated"');
  let now = 1_000_000;
  const { root } = madeMachine({ ...acpiMeter, '/dev/ipmi0': '' });
  const watched = await watch(power, root, { config: { ipmi: true }, now: () => now });
  expect(await watched.round()).toEqual({ 'vigie_agent_probe_hung{probe="ipmi"}': 0 });
  now += 90_001;
  await watched.round();
  await expect.poll(() => watched.round(), { timeout: 20_000 }).toHaveProperty(['power_node_watts{source="acpi"}'], 412);
});
