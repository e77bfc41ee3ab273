import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { madeMachine } from '../../test/machines/made-machine.ts';
import { systemClock } from '../clock.ts';
import { readAgentConfig } from '../config.ts';
import type { AgentConfig } from '../config.ts';
import { Unavailable } from '../contract/errors.ts';
import { openHost } from '../host.ts';
import { openLog } from '../log.ts';
import { manualClock } from '../manual-clock.ts';
import { defineSampler } from '../sampler.ts';
import type { SamplerKind } from '../sampler.ts';
import loadavg from '../samplers/loadavg/index.ts';
import { examineOwn } from './own.ts';
import { examineRights } from './rights.ts';
import { examineSources } from './sources.ts';
import { drawTable } from './table.ts';

const run = promisify(execFile);

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-doctor-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function kind(name: string, open: SamplerKind['open'], examine?: SamplerKind['examine']): SamplerKind {
  return defineSampler({ name, summary: 'Made.', metrics: {}, options: {}, open, ...(examine === undefined ? {} : { examine }) });
}

const absent = kind('absent', () => {
  throw new Unavailable('no such device');
});
const crashing = kind('crashing', () => ({
  sample() {
    throw new Error('the driver is confused');
  },
}));
const partly = kind(
  'partly',
  () => ({ sample: () => undefined }),
  () => [
    { source: 'one', found: true, why: 'here', fix: 'nothing to do' },
    { source: 'two', found: false, why: 'not here', fix: 'modprobe two' },
  ],
);
const lacking = kind(
  'lacking',
  () => ({ sample: () => undefined }),
  () => [{ source: 'card', found: false, why: 'none', fix: 'buy one' }],
);

function configOf(document: unknown, kinds: readonly SamplerKind[] = []): AgentConfig {
  return readAgentConfig(kinds, document, 'test', {});
}

async function sources(document: unknown, kinds: readonly SamplerKind[]) {
  const { root } = madeMachine({ '/proc/loadavg': '0.1 0.2 0.3 1/2 3\n' });
  const { samplers } = configOf(document, kinds);
  return examineSources({ kinds, enabled: samplers, host: openHost(root), clock: systemClock, log: openLog() });
}

describe('sources', () => {
  test('what can be read is found, with how many series it has', async () => {
    expect(await sources({}, [loadavg])).toEqual([{ state: 'found', name: 'loadavg', why: '3 series' }]);
  });

  test('what is not here is missing, and broken where the configuration enables it by name', async () => {
    expect(await sources({}, [absent])).toMatchObject([{ state: 'missing', name: 'absent', why: 'no such device' }]);
    expect(await sources({ samplers: { absent: { period: '10s' } } }, [absent])).toMatchObject([{ state: 'missing' }]);
    expect(await sources({ samplers: { absent: { enabled: true } } }, [absent])).toMatchObject([{ state: 'broken' }]);
    expect(await sources({ samplers: { lacking: { enabled: true } } }, [lacking])).toMatchObject([
      { state: 'broken', why: 'card: none', fix: 'buy one' },
    ]);
  });

  test('what is switched off is off, and is not touched', async () => {
    expect(await sources({ samplers: { crashing: { enabled: false } } }, [crashing])).toMatchObject([
      { state: 'off', fix: 'samplers: { crashing: { enabled: true } }' },
    ]);
  });

  test('what fails otherwise is broken', async () => {
    expect(await sources({}, [crashing])).toEqual([{ state: 'broken', name: 'crashing', why: 'the driver is confused' }]);
  });

  test('of several sources of which one is here, the others are missing, even if the sampler is asked for', async () => {
    expect(await sources({ samplers: { partly: { enabled: true } } }, [partly])).toEqual([
      { state: 'found', name: 'partly', why: 'one: here', fix: undefined },
      { state: 'missing', name: 'partly', why: 'two: not here', fix: 'modprobe two' },
    ]);
  });

  test('what does not answer is broken after a deadline', async () => {
    const hanging = kind('hanging', () => new Promise(() => undefined));
    const clock = manualClock();
    const { samplers } = configOf({}, [hanging]);
    const looked = examineSources({ kinds: [hanging], enabled: samplers, host: openHost(madeMachine({}).root), clock, log: openLog() });
    await clock.pass(25_000);
    expect(await looked).toEqual([{ state: 'broken', name: 'hanging', why: 'no answer within 25 s' }]);
  });
});

const self = (mask: string) => openHost(madeMachine({ '/proc/self/status': `Name:\tnode\nCapEff:\t${mask}\n` }).root);

describe('the agent itself', () => {
  test('rights are told of the process, kernel settings of the machine', () => {
    const machine = madeMachine({ '/proc/sys/kernel/perf_event_paranoid': '2\n' });
    const none = examineRights(self('0000000000000000'), openHost(machine.root));
    expect(none.map(({ state }) => state)).toEqual(['missing', 'missing', 'missing']);
    expect(none[0]?.fix).toContain('AmbientCapabilities=CAP_DAC_READ_SEARCH');
    expect(none[2]?.fix).toMatch(/^sysctl kernel.perf_event_paranoid=0 .*SystemCallFilter=perf_event_open/);
    // CAP_DAC_READ_SEARCH is bit 2, CAP_PERFMON bit 38.
    const some = examineRights(self('0000004000000004'), openHost(machine.root));
    expect(some.map(({ state }) => state)).toEqual(['ok', 'missing', 'ok']);
  });

  test('a token that cannot be read and a spool that cannot be written are broken; nothing is made', () => {
    const dir = folder();
    writeFileSync(join(dir, 'file'), '');
    const document = { token_file: join(dir, 'nothing'), spool: { dir: join(dir, 'file', 'spool') } };
    const [user, spool, token] = examineOwn(configOf(document), {});
    expect(user).toMatchObject({ state: 'ok', why: expect.stringContaining(`(${process.getuid?.()})`) as string });
    expect(spool).toMatchObject({ state: 'broken', why: expect.stringContaining(`cannot be written: ${dir}/file is no folder`) as string });
    expect(token).toMatchObject({ state: 'broken', why: expect.stringContaining('ENOENT') as string });
    expect(examineOwn(configOf({ spool: { dir: join(dir, 'new') } }), {})[1]).toMatchObject({
      state: 'ok',
      why: `${dir}/new will be made`,
    });
    expect(existsSync(join(dir, 'new'))).toBe(false);
  });
});

describe('the table', () => {
  const rows = [
    { state: 'found', name: 'gpu', why: 'NVML: 4 GPUs' },
    { state: 'missing', name: 'gpu', why: 'word '.repeat(30).trim(), fix: 'modprobe amdgpu' },
  ] as const;

  test('keeps to its width, names a sampler once and what would mend it below the reason', () => {
    const text = drawTable('sources', rows, { width: 100, color: false });
    expect(text.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(text.match(/gpu/g)).toHaveLength(2);
    expect(text).toMatch(/^ {21}fix: modprobe amdgpu$/m);
    expect(text).not.toContain('\u001b');
  });

  test('has colours for a terminal', () => {
    expect(drawTable('sources', rows, { width: 100, color: true })).toContain('\u001b[32mfound');
  });
});

describe('the program', () => {
  let agent = '';
  beforeAll(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'vigie-doctor-'));
    agent = join(dir, 'vigie-agent.cjs');
    await run(process.execPath, [fileURLToPath(new URL('../../deploy/bundle.mjs', import.meta.url)), agent]);
    return () => rmSync(dir, { recursive: true, force: true });
  });

  async function doctor(document: string, root: string): Promise<{ code: number; stdout: string }> {
    const dir = folder();
    writeFileSync(join(dir, 'agent.yaml'), document);
    const args = ['doctor', '--config', join(dir, 'agent.yaml'), '--root', root];
    try {
      const { stdout } = await run(agent, args, { cwd: dir, env: { PATH: process.env['PATH'] } });
      return { code: 0, stdout };
    } catch (error) {
      return error as { code: number; stdout: string };
    }
  }

  test('ends with 0 where all that was asked for works, with 1 where something does not', async () => {
    const server = createServer((_, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const collector = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const spool = join(folder(), 'spool');
    const { root } = madeMachine({ '/proc/loadavg': '0.1 0.2 0.3 1/2 3\n' });
    const base = `instance: n7\ncollector: ${collector}\nspool: { dir: ${spool} }\n`;
    const well = await doctor(`${base}samplers: { loadavg: { enabled: true }, uname: { enabled: false } }\n`, root);
    expect(well).toMatchObject({ code: 0 });
    expect(well.stdout).toMatch(/^vigie-agent doctor: n7$/m);
    expect(well.stdout).toMatch(/^found {3}loadavg {6}3 series$/m);
    expect(well.stdout).toMatch(/^missing lustre {7}llite: no Lustre file system is mounted$/m);
    expect(well.stdout).toMatch(/^off {5}uname {8}switched off in the configuration$/m);
    expect(well.stdout).toMatch(/1 off; nothing that was asked for is broken\n$/);
    expect(well.stdout).not.toContain('\u001b');
    const long = well.stdout.split('\n').filter((line) => line.length > 100 && !/^ +fix: /.test(line));
    expect(long).toEqual([]);
    const ill = await doctor(`${base}samplers: { lustre: { enabled: true } }\n`, root);
    expect(ill).toMatchObject({ code: 1 });
    expect(ill.stdout).toMatch(/^broken {2}lustre {7}llite: no Lustre/m);
    expect(existsSync(spool)).toBe(false);
  });
});
