import { expect, test } from 'vitest';
import { GRACE_MS } from './budget.ts';
import type { FamilyCost } from './family.ts';
import { keepToBudget } from './keep-to-budget.ts';
import { openLog } from './log.ts';
import { manualClock } from './manual-clock.ts';

const MIB = 2 ** 20;

async function settled() {
  const clock = manualClock();
  const lines: string[] = [];
  const ended: number[] = [];
  const cost = { cpu: 0, bytes: 60 * MIB, family: { cpuSeconds: 0, bytes: 0, children: [] } as FamilyCost };
  const samplers = [
    { name: 'gpu', seconds: 0 },
    { name: 'loadavg', seconds: 0 },
    { name: 'nfs', seconds: 0 },
    { name: 'uname', seconds: 0 },
  ];
  const keeper = keepToBudget({
    budget: { cpu: 0.01, memory: 100 * MIB },
    period: 5000,
    clock,
    log: openLog((line) => lines.push(line.trimEnd())),
    own: { cpuSeconds: () => cost.cpu, bytes: () => cost.bytes },
    family: { read: () => cost.family, close: () => undefined },
    samplers,
    end: (pid) => void ended.push(pid),
  });
  const children = (...of: readonly (readonly [pid: number, name: string, cpuSeconds: number, mebibytes: number])[]): void => {
    const all = of.map(([pid, name, cpuSeconds, mebibytes]) => ({ pid, name, cpuSeconds, bytes: mebibytes * MIB }));
    cost.family = {
      cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      children: all,
    };
  };
  const minute = async (): Promise<boolean> => {
    await clock.pass(60_000);
    return keeper.roundEnded();
  };
  await clock.pass(GRACE_MS);
  keeper.roundEnded();
  return { keeper, lines, ended, cost, samplers, children, minute };
}

test('a budget that children alone break stretches the periods, and what costs most is named', async () => {
  const { keeper, lines, cost, samplers, children, minute } = await settled();
  Object.assign(samplers[0] ?? {}, { seconds: 0.12 });
  Object.assign(samplers[2] ?? {}, { seconds: 0.03 });
  Object.assign(samplers[3] ?? {}, { seconds: 0.006 });
  cost.cpu = 0.3;
  children([7, 'probe gpu', 0.6, 20]);
  expect(await minute()).toBe(true);
  expect([keeper.slowdown, keeper.over.cpu]).toEqual([2, true]);
  expect(lines).toEqual([
    'vigie-agent: warning: periods are stretched 2 times: the last minute cost 1.5 % of a core, the budget is 1 %; most of it: probe gpu (7) 1 %, gpu 0.2 %, nfs 0.05 %',
  ]);
  expect(await minute()).toBe(true);
  expect(lines[1]).toMatch(/periods are as configured again: the last minute cost 0 % of a core, the budget is 1 %$/);
  expect(await minute()).toBe(false);
});

test('memory over its budget is told once, with who takes it', async () => {
  const { keeper, lines, children, ended, minute } = await settled();
  children([7, 'probe gpu', 0, 30], [8, 'probe ipmi', 0, 25]);
  await minute();
  await minute();
  expect(lines).toEqual([
    'vigie-agent: warning: the agent takes 115 MiB of memory, the budget is 100 MiB (agent 60 MiB, probe gpu 30 MiB, probe ipmi 25 MiB); raise budget.memory, or turn off a sampler that takes it',
  ]);
  expect([keeper.slowdown, keeper.over.memory, ended]).toEqual([1, true, []]);
  children();
  await minute();
  expect(lines[1]).toBe('vigie-agent: the agent takes 60 MiB of memory, the budget is 100 MiB (agent 60 MiB)');
});

test('a child that has doubled since it settled, and takes the agent over its budget, is started anew, once for each doubling', async () => {
  const { lines, children, ended, minute } = await settled();
  for (const mebibytes of [15, 25, 35]) {
    children([7, 'probe gpu', 0, mebibytes]);
    await minute();
  }
  expect(ended).toEqual([]);
  children([7, 'probe gpu', 0, 45]);
  await minute();
  expect(ended).toEqual([7]);
  expect(lines.at(-1)).toMatch(/\(agent 60 MiB, probe gpu 45 MiB\); probe gpu has doubled and is started anew$/);
  for (const mebibytes of [45, 46, 47]) {
    children([9, 'probe gpu', 0, mebibytes]);
    await minute();
  }
  expect(ended).toEqual([7]);
});
