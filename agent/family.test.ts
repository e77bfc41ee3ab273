import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { madeMachine } from '../test/machines/made-machine.ts';
import { Unavailable } from './contract/errors.ts';
import { openFamily } from './family.ts';
import { openHost } from './host.ts';

const stat = (pid: number, name: string, user: number, system: number, endedUser = 0, endedSystem = 0): string =>
  `${pid} (${name}) S 1 1 1 0 -1 4194304 0 0 0 0 ${user} ${system} ${endedUser} ${endedSystem} 20 0 1 0 100 0 0`;
const status = (anonymous: number, shared: number): string =>
  `Name:\tx\nVmRSS:\t  90000 kB\nRssAnon:\t  ${anonymous} kB\nRssFile:\t  40000 kB\nRssShmem:\t  ${shared} kB\n`;

test('children cost what they use, with what they started and who has ended; pages of files are not theirs', () => {
  const machine = madeMachine({
    '/proc/thread-self/children': '20 30 ',
    '/proc/self/stat': stat(10, 'node', 999, 999, 100, 50),
    '/proc/20/stat': stat(20, 'node) (S 1', 200, 100, 7, 3),
    '/proc/20/status': status(1000, 24),
    '/proc/20/cmdline': '/usr/bin/node\0/opt/vigie/agent.js\0--probe\0gpu\0',
    '/proc/20/task/20/children': '21 ',
    '/proc/21/stat': stat(21, 'nvidia-smi', 40, 0),
    '/proc/21/status': status(100, 0),
    '/proc/30/stat': stat(30, 'xpu-smi', 0, 100),
    '/proc/30/status': status(500, 0),
    '/proc/30/cmdline': '/usr/local/bin/xpu-smi\0-m\0',
  });
  const family = openFamily(openHost(machine.root));
  onTestFinished(() => family.close());
  const KIB = 1024;
  expect(family.read()).toEqual({
    cpuSeconds: 1.5 + 3.5 + 1,
    bytes: 1624 * KIB,
    children: [
      { pid: 20, name: 'probe gpu', cpuSeconds: 3.5, bytes: 1124 * KIB },
      { pid: 30, name: 'xpu-smi', cpuSeconds: 1, bytes: 500 * KIB },
    ],
  });
  // Gone, and not counted with the ended ones yet.
  machine.write('/proc/thread-self/children', '20 ');
  expect(family.read().cpuSeconds).toBe(6);
});

test('a kernel without the list makes it unavailable', () => {
  expect(() => openFamily(openHost(madeMachine({ '/proc/self/stat': '' }).root))).toThrow(Unavailable);
});

test.skipIf(process.platform !== 'linux')('a real child is seen while it lives, and its CPU time after it has ended', async () => {
  const family = openFamily(openHost());
  onTestFinished(() => family.close());
  const busy = spawn('/bin/sh', ['-c', 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read line'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const before = family.read();
  expect(before.children.find(({ pid }) => pid === busy.pid)?.bytes).toBeGreaterThan(0);
  await once(busy.stdout, 'data');
  const worked = family.read().cpuSeconds - before.cpuSeconds;
  expect(worked).toBeGreaterThan(0.02);
  const gone = once(busy, 'exit');
  busy.stdin.end();
  await gone;
  const after = family.read();
  expect(after.children.some(({ pid }) => pid === busy.pid)).toBe(false);
  expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThanOrEqual(worked);
});
