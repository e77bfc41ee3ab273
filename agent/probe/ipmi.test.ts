import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { parseDcmi } from './ipmi-output.ts';
import { openProbe } from './probe.ts';
import type { Probe } from './probe.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-ipmi-'));
afterAll(() => rmSync(dir, { recursive: true }));

const ipmitool = (watts: number, state = 'activated') => `
    Instantaneous power reading:              ${String(watts).padStart(8)} Watts
    Minimum during sampling period:                  6 Watts
    Maximum during sampling period:                304 Watts
    Average power reading over sample period:       49 Watts
    IPMI timestamp:                           Thu Feb 15 08:36:01 2024
    Sampling period:                          00000001 Seconds.
    Power reading state is:                   ${state}

`;

const freeipmi = (watts: number, state = 'Active') => `Current Power                        : ${watts} Watts
Minimum Power over sampling duration : 0 watts
Maximum Power over sampling duration : 650 watts
Average Power over sampling duration : 236 watts
Time Stamp                           : 06/18/2024 - 16:49:22
Statistics reporting time period     : 1000 milliseconds
Power Measurement                    : ${state}
`;

const ipmiutil = `ipmiutil dcmi ver 3.17
DCMI Power Management:          Supported
  Current Power:                   332 Watts
  Min Power over sample duration:  6 Watts
  Sampling period:                 1000 ms
  Power reading state is:          active
  Power Limit:       896 Watts (inactive)
`;

test.each([
  ['ipmitool', ipmitool(214), 214],
  ['ipmitool with DOS line ends', ipmitool(214).replaceAll('\n', '\r\n'), 214],
  ['freeipmi', freeipmi(226), 226],
  ['ipmiutil', ipmiutil, 332],
])('the watts are found in the output of %s', (_, output, watts) => {
  expect(parseDcmi(output)).toBe(watts);
});

test.each([
  ['a measurement that is off', ipmitool(235, 'deactivated'), /does not measure power: deactivated/],
  ['freeipmi without measurement', freeipmi(226, 'Not Available'), /does not measure power/],
  ['a value of 0', ipmitool(0), /answers 0 W/],
  ['a value of all ones', freeipmi(65_535), /answers 65535 W/],
  ['output that breaks off', ipmitool(214).slice(0, 120), /does not say whether/],
  ['output without the reading', freeipmi(226).replace(/^Current.*\n/, ''), /no power reading/],
  ['nothing', '', /does not say whether/],
  ['an error on standard output', 'DCMI request failed because: Invalid command (c1)', /does not say whether/],
])('no watts are made of %s', (_, output, why) => {
  expect(() => parseDcmi(output)).toThrow(why);
});

// The child as the agent starts it, with these programs as all that is on the PATH.
function ipmiChild(programs: Readonly<Record<string, string>>): Probe {
  const bin = mkdtempSync(join(dir, 'bin-'));
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const script = join(dir, 'child.cjs');
  const contents = `import { runIpmiProbe } from ${JSON.stringify(new URL('ipmi-child.ts', import.meta.url).pathname)}; runIpmiProbe();`;
  buildSync({ stdin: { contents, resolveDir: dir }, bundle: true, platform: 'node', format: 'cjs', outfile: script });
  const probe = openProbe({ name: 'ipmi', command: ['/usr/bin/env', `PATH=${bin}`, process.execPath, script], softMs: 20_000 });
  onTestFinished(() => probe.close());
  return probe;
}

test('ipmitool is asked in its words, freeipmi where there is no ipmitool', async () => {
  const one = ipmiChild({ ipmitool: `[ "$*" = "dcmi power reading" ] && echo '${ipmitool(214)}'`, 'ipmi-dcmi': 'exit 9' });
  expect(await one.ask('power')).toMatchObject({ values: { watts: 214 } });
  expect(await one.ask('power')).toMatchObject({ values: { watts: 214 } });
  const other = ipmiChild({ 'ipmi-dcmi': `[ "$*" = --get-system-power-statistics ] && echo '${freeipmi(226)}'` });
  expect(await other.ask('power')).toMatchObject({ values: { watts: 226 } });
});

test('a tool that fails is quoted, a missing one named', async () => {
  const refused = ipmiChild({ ipmitool: 'echo "Could not open device at /dev/ipmi0" >&2; exit 1' });
  expect((await refused.ask('power')).error).toBe('ipmitool: Could not open device at /dev/ipmi0');
  expect((await ipmiChild({}).ask('power')).error).toContain('none of ipmitool, ipmi-dcmi is installed');
});
