import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import cpu from './index.ts';

const stat = (...cpus: readonly string[]) =>
  `${cpus.join('\n')}\nintr 99 1 2\nctxt 7\nbtime 1700000000\nprocesses 8\nprocs_running 2\nprocs_blocked 1\n`;
const LINE = '100 200 300 400 500 600 700 800 10 20';

test('each CPU has its modes in seconds, and guests apart', async () => {
  const { root } = madeMachine({ '/proc/stat': stat(`cpu  ${LINE}`, `cpu0 ${LINE}`, `cpu7 ${LINE}`) });
  const values = await (await watch(cpu, root)).round();
  expect(values).toMatchObject({
    'node_cpu_seconds_total{cpu="7",mode="user"}': 1,
    'node_cpu_seconds_total{cpu="7",mode="nice"}': 2,
    'node_cpu_seconds_total{cpu="7",mode="system"}': 3,
    'node_cpu_seconds_total{cpu="7",mode="idle"}': 4,
    'node_cpu_seconds_total{cpu="7",mode="iowait"}': 5,
    'node_cpu_seconds_total{cpu="7",mode="irq"}': 6,
    'node_cpu_seconds_total{cpu="7",mode="softirq"}': 7,
    'node_cpu_seconds_total{cpu="7",mode="steal"}': 8,
    'node_cpu_guest_seconds_total{cpu="7",mode="user"}': 0.1,
    'node_cpu_guest_seconds_total{cpu="7",mode="nice"}': 0.2,
    node_cpus_online: 2,
    node_boot_time_seconds: 1_700_000_000,
    node_context_switches_total: 7,
    node_forks_total: 8,
    node_intr_total: 99,
    node_procs_running: 2,
    node_procs_blocked: 1,
  });
});

test('without per_core there is one series a mode, and the CPUs are still counted', async () => {
  const { root } = madeMachine({ '/proc/stat': stat(`cpu  ${LINE}`, `cpu0 ${LINE}`, `cpu1 ${LINE}`) });
  const values = await (await watch(cpu, root, { config: { per_core: false } })).round();
  expect(Object.keys(values).filter((key) => key.includes('cpu='))).toHaveLength(10);
  expect(values).toMatchObject({ 'node_cpu_seconds_total{cpu="all",mode="idle"}': 4, node_cpus_online: 2 });
});

test('a CPU taken out ends, and comes back from zero', async () => {
  const machine = madeMachine({ '/proc/stat': stat('cpu  1 1', `cpu0 ${LINE}`, `cpu1 ${LINE}`) });
  const watched = await watch(cpu, machine.root);
  await watched.round();
  machine.write('/proc/stat', stat('cpu  1 1', `cpu0 ${LINE}`));
  const without = await watched.round();
  expect(without['node_cpus_online']).toBe(1);
  expect(Object.keys(without).filter((key) => key.includes('cpu="1"'))).toEqual([]);
  machine.write('/proc/stat', stat('cpu  1 1', `cpu0 ${LINE}`, 'cpu1 1 2 3 4 5 6 7 8 9 10'));
  expect(await watched.round()).toMatchObject({ 'node_cpu_seconds_total{cpu="1",mode="user"}': 0.01, node_cpus_online: 2 });
});

test('idle and I/O wait that fall a little stay, so that no rate sees a restart', async () => {
  const machine = madeMachine({ '/proc/stat': stat('cpu  1', 'cpu0 1 1 1 1000 500 1 1 1 1 1') });
  const watched = await watch(cpu, machine.root);
  await watched.round();
  machine.write('/proc/stat', stat('cpu  1', 'cpu0 2 1 1 990 400 1 1 1 1 1'));
  expect(await watched.round()).toMatchObject({
    'node_cpu_seconds_total{cpu="0",mode="user"}': 0.02,
    'node_cpu_seconds_total{cpu="0",mode="idle"}': 10,
    'node_cpu_seconds_total{cpu="0",mode="iowait"}': 5,
  });
});

test('idle that falls by seconds is a CPU put back, whose counters start anew', async () => {
  const machine = madeMachine({ '/proc/stat': stat('cpu  1', 'cpu0 9 9 9 1000 500 9 9 9 9 9') });
  const watched = await watch(cpu, machine.root);
  await watched.round();
  machine.write('/proc/stat', stat('cpu  1', 'cpu0 1 1 1 100 1 1 1 1 1 1'));
  expect(await watched.round()).toMatchObject({
    'node_cpu_seconds_total{cpu="0",mode="idle"}': 1,
    'node_cpu_seconds_total{cpu="0",mode="user"}': 0.01,
  });
});
