import { expect, test } from 'vitest';
import { Transient } from '../../../contract/errors.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { machineWithTool } from '../../../../test/machines/tool-machine.ts';
import { findProgram } from './find-program.ts';
import { openCommandRunner } from './run-command.ts';

test('a tool that hangs is given up at its deadline and killed, and not started beside itself', async () => {
  const { root } = machineWithTool('/usr/bin/x-smi', '', 'trap "" TERM\nwhile :; do sleep 0.1; done');
  const runner = openCommandRunner(`${root}/usr/bin/x-smi`, new AbortController().signal);
  await expect(runner.run([], 300)).rejects.toThrow(/has not ended within 300 ms/);
  await expect(runner.run([], 300)).rejects.toThrow(/still hangs/);
  await expect
    .poll(async () => String(await runner.run([], 100).catch((error: unknown) => error)), { timeout: 5000 })
    .toMatch(/has not ended/);
  await expect(runner.run([], 300)).rejects.toThrow(Transient);
});

test('a tool that prints without end is stopped, and one that cannot be started is a failed reading', async () => {
  const { root } = machineWithTool('/usr/bin/x-smi', '', 'yes');
  const { signal } = new AbortController();
  await expect(openCommandRunner(`${root}/usr/bin/x-smi`, signal).run([], 20_000)).rejects.toThrow(/prints without end/);
  await expect(openCommandRunner(`${root}/none`, signal).run([], 1000)).rejects.toThrow(Transient);
});

test('programs are looked for below the root, and only what may be executed is one', () => {
  const machine = machineWithTool('/usr/bin/x-smi', '');
  const { root } = machine;
  machine.write('/usr/local/bin/y-smi', 'no program');
  const { host } = gpuContext(root);
  expect(findProgram(host, 'x-smi')).toBe(`${root}/usr/bin/x-smi`);
  expect(findProgram(host, '/usr/bin/x-smi')).toBe(`${root}/usr/bin/x-smi`);
  expect(findProgram(host, 'y-smi')).toBeUndefined();
  expect(findProgram(host, 'usr')).toBeUndefined();
  expect(findProgram(host, 'sh')).toBeUndefined();
});
