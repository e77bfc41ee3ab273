import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openSpool } from './spool/spool.ts';
import { startCollector } from './transport/recording-collector.ts';
import type { RecordingCollector } from './transport/recording-collector.ts';

const run = promisify(execFile);
const bundler = fileURLToPath(new URL('../deploy/bundle.mjs', import.meta.url));
let dir = '';
let agent = '';
const running = new Set<ChildProcess>();
const open: RecordingCollector[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-main-'));
  agent = join(dir, 'vigie-agent.cjs');
  await run(process.execPath, [bundler, agent]);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  for (const collector of open.splice(0)) await collector.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the bundle to its end, alone in its directory; `env -S` needs PATH to find node. */
async function runToEnd(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await run(agent, args, { cwd: dir, env: { PATH: process.env['PATH'] }, maxBuffer: 2 ** 26 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

function start(...args: readonly string[]): { child: ChildProcess; stderr: () => string } {
  const child = spawn(agent, args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  child.on('exit', () => running.delete(child));
  let text = '';
  child.stderr?.on('data', (part: Buffer) => (text += part.toString()));
  return { child, stderr: () => text };
}

async function collecting(): Promise<RecordingCollector> {
  const collector = await startCollector();
  open.push(collector);
  return collector;
}

test('the bundle alone prints one reading in Prometheus text and as line protocol', async () => {
  const prometheus = await runToEnd('--once', '--instance', 'n1');
  expect(prometheus.code).toBe(0);
  expect(prometheus.stdout).toMatch(/^# TYPE node_load1 gauge\nnode_load1\{cluster="default",instance="n1"\} \d/m);
  expect(prometheus.stdout).toMatch(/^node_memory_MemTotal_bytes\{/m);
  expect(prometheus.stdout).toMatch(/^node_filesystem_size_bytes\{/m);
  const influx = await runToEnd('--once', '--format', 'influx');
  expect(influx.stdout).toMatch(/^node_memory,\S+ \S*MemTotal_bytes=\d+\S* \d{13}$/m);
});

test('every fault of configuration and command line is printed, and the exit code is 2', async () => {
  const file = join(dir, 'agent.yaml');
  writeFileSync(
    file,
    'perod: 5s\ncollector: collector:9797\nsamplers: { cpuu: { per_core: true }, cpu: { per_core: yes please } }\nlabels: { instance: x }\n',
  );
  const { code, stderr } = await runToEnd('--config', file, '--push', '10');
  expect(code).toBe(2);
  for (const fault of [
    'agent.yaml: 6 faults',
    'perod: unknown key; did you mean period?',
    'collector: "collector:9797" is not an http URL; write it like http://collector:9797',
    'samplers.cpuu: unknown key; did you mean cpu?',
    'samplers.cpu.per_core: "yes please" is neither true nor false',
    'labels.instance: instance is not free as a label',
    'push: "10" is not a duration',
  ]) {
    expect(stderr).toContain(fault);
  }
});

test('a file that is no YAML, a file that is not there, a wrong option and a missing token exit with 2 and say why', async () => {
  const file = join(dir, 'broken.yaml');
  writeFileSync(file, 'a: [1\nb: }');
  expect(await runToEnd('--config', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('broken.yaml') as string });
  expect(await runToEnd('--config', '/nowhere.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') as string });
  expect(await runToEnd('--frobnicate')).toMatchObject({ code: 2, stderr: expect.stringContaining('--help') as string });
  writeFileSync(file, 'token_file: /nowhere/token\n');
  expect(await runToEnd('--config', file, '--spool', join(dir, 's'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('token_file') as string,
  });
});

test('--check names the faults of the file, or of what it points to, with exit code 2', async () => {
  const file = join(dir, 'check.yaml');
  writeFileSync(file, 'perod: 5s\nsamplers: { cpuu: {} }\n');
  const wrong = await runToEnd('--check', '--config', file);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  for (const fault of ['check.yaml: 2 faults', 'perod: unknown key', 'samplers.cpuu: unknown key']) expect(wrong.stderr).toContain(fault);
  writeFileSync(file, 'token_file: /nowhere/token\n');
  const pointing = await runToEnd('--check', '--config', file, '--root', '/nowhere');
  expect(pointing.code).toBe(2);
  for (const fault of ['2 faults', '--root /nowhere: no such folder', 'token_file: /nowhere/token cannot be read']) {
    expect(pointing.stderr).toContain(fault);
  }
});

test('--check says what the agent would do, without making its spool', async () => {
  const file = join(dir, 'check.yaml');
  const spool = join(dir, 'unmade');
  writeFileSync(
    file,
    `instance: n1\ncollector: http://c:9797\nperiod: 1s\nspool: { dir: ${spool} }\nsamplers: { cpu: { enabled: false } }\n`,
  );
  const { code, stdout, stderr } = await runToEnd('--check', '--config', file);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^\S+check\.yaml: no fault$/m);
  expect(stdout).toMatch(/node +n1, cluster default$/m);
  expect(stdout).toMatch(/reads .*\bmeminfo\b.*; every 1 s/);
  expect(stdout).not.toMatch(/\bcpu\b/);
  expect(stdout).toMatch(/pushes +to http:\/\/c:9797, every 10 s$/m);
  expect(existsSync(spool)).toBe(false);
});

test('a root without proc is refused with exit code 2, for one reading and for many', async () => {
  const bare = mkdtempSync(join(dir, 'bare-'));
  for (const root of ['/nonexistent', bare]) {
    const problem = `--root ${root}: no such folder, or no proc in it; name the folder`;
    expect(await runToEnd('--once', '--root', root)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(problem) as string,
    });
    expect(await runToEnd('--root', root, '--spool', join(dir, 'r'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(problem) as string,
    });
  }
});

test('a fifo in the tree to be read is no file: its sampler is left out, and the reading ends', async () => {
  const root = mkdtempSync(join(dir, 'fifo-'));
  mkdirSync(join(root, 'proc', 'sys', 'kernel'), { recursive: true });
  writeFileSync(join(root, 'proc', 'loadavg'), '0.50 0.40 0.30 1/2 3\n');
  execFileSync('mkfifo', [join(root, 'proc', 'meminfo'), join(root, 'proc', 'sys', 'kernel', 'ostype')]);
  const { code, stdout, stderr } = await runToEnd('--once', '--root', root);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^node_load1\{.*\} 0\.5$/m);
  expect(stderr).toContain(`${join(root, 'proc', 'meminfo')} is no regular file`);
  expect(stderr).toContain(`cannot read ${join(root, 'proc', 'sys', 'kernel', 'ostype')}`);
  expect(stderr).toContain(`nothing to read in ${join(root, 'sys', 'class', 'thermal')}`);
});

test('a reader that has gone ends a reading quietly', async () => {
  const child = spawn(agent, ['--once'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  expect(stderr).not.toContain('EPIPE');
});

test('help and version', async () => {
  expect((await runToEnd('--help')).stdout).toContain('--once');
  expect((await runToEnd('--version')).stdout).toMatch(/^vigie-agent \d+\.\d+\.\d+\n$/);
});

test('SIGTERM makes one more attempt, leaves the rest in the spool and ends with 0', async () => {
  const collector = await collecting();
  const spool = join(dir, 'term');
  collector.reply = () => 503;
  const { child } = start('--collector', collector.url, '--period', '100ms', '--push', '200ms', '--spool', spool);
  await collector.until(() => collector.received.length === 2);
  collector.reply = () => 204;
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  const stored = collector.stored.map(({ text }) => text);
  expect(stored.length).toBeGreaterThanOrEqual(1);
  const all = new Set([...stored, ...waitingIn(spool, join(dir, 'copy-term'))]);
  expect(collector.received.filter(({ text }) => !all.has(text))).toEqual([]);
});

test('a second agent on the same spool ends with 1 and says who has it', async () => {
  const collector = await collecting();
  const { child } = start('--collector', collector.url, '--period', '100ms', '--push', '100ms', '--spool', join(dir, 'both'));
  await collector.until(() => collector.stored.length > 0);
  const second = await runToEnd('--collector', collector.url, '--spool', join(dir, 'both'));
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`belongs to the running process ${child.pid}`);
});

test('killed again and again, with a collector that fails now and then, the agent delivers all that it has spooled', async () => {
  const collector = await collecting();
  let posts = 0;
  collector.reply = () => (['cut', 204, 503, 204, 204] as const)[posts++ % 5] ?? 204;
  const spool = join(dir, 'killed');
  const spooled = new Set<string>();
  let left: readonly string[] = [];
  const args = ['--collector', collector.url, '--period', '100ms', '--push', '100ms', '--spool', spool];
  for (let kill = 0; kill < 10; kill++) {
    const { child } = start(...args);
    const before = collector.received.length;
    await collector.until(() => collector.received.length > before + (kill % 3));
    child.kill('SIGKILL');
    await once(child, 'exit');
    left = waitingIn(spool, join(dir, `copy${kill}`));
    for (const text of left) spooled.add(text);
  }
  expect(spooled.size).toBeGreaterThan(3);
  collector.reply = () => 204;
  // An agent killed between the collector's 204 and its own note of it sends the batch again: what is left has to come once more.
  const before = collector.stored.length;
  const last = start(...args);
  const stored = (from: number): Set<string> => new Set(collector.stored.slice(from).map(({ text }) => text));
  await collector.until(() => [...spooled].every((text) => stored(0).has(text)) && left.every((text) => stored(before).has(text)));
  last.child.kill('SIGTERM');
  await once(last.child, 'exit');
  expect(waitingIn(spool, join(dir, 'copy-end')).filter((text) => spooled.has(text))).toEqual([]);
});

/** The batches that wait in a spool, looked at in a copy. */
function waitingIn(spoolDir: string, copy: string): string[] {
  cpSync(spoolDir, copy, { recursive: true });
  const spool = openSpool({
    dir: copy,
    maxBytes: 2 ** 28,
    onTrouble: (error) => {
      throw error;
    },
  });
  const texts: string[] = [];
  for (let record = spool.find('oldest', () => false); record !== undefined; record = spool.find('oldest', () => false)) {
    texts.push(gunzipSync(spool.read(record) ?? '').toString());
    spool.settle(record);
  }
  spool.close();
  return texts;
}
