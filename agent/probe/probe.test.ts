import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { Transient } from '../contract/errors.ts';
import { openProbe } from './probe.ts';
import type { Probe, ProbeOptions } from './probe.ts';
import { runOnce } from './run-once.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-probe-'));
afterAll(() => rmSync(dir, { recursive: true }));

// A child that answers at once, except `hang`, never, and `die`, at which it ends; it tells its process id. A shell, because it starts
// in less time than the shortest deadline here.
const CHILD = `
  while IFS= read -r line; do
    id="\${line#*\\"id\\":}"; id="\${id%%,*}"
    case "$line" in
      *die*) exit 3 ;;
      *hang*) ;;
      *) echo chatter; echo "{\\"id\\":$id,\\"values\\":{\\"pid\\":$$}}" ;;
    esac
  done`;

function probe(options: Partial<ProbeOptions> = {}): Probe {
  const opened = openProbe({ name: 'test', command: ['/bin/sh', '-c', CHILD], ...options });
  onTestFinished(() => opened.close());
  return opened;
}

test('one child answers question after question', async () => {
  const { ask } = probe();
  const [first, second] = await Promise.all([ask('/a'), ask('/b')]);
  expect(first.values?.['pid']).toBe(second.values?.['pid']);
  expect(first.values?.['pid']).not.toBe(process.pid);
});

test('a subject that hangs is named, counted as hung, and not asked twice, while others are answered', async () => {
  const { ask, hung } = probe({ softMs: 300 });
  await ask('/fine');
  await expect(ask('hang')).rejects.toThrow(/hang has not answered/);
  expect(hung()).toBe(true);
  await expect(ask('hang')).rejects.toThrow(/still hangs/);
  expect((await ask('/fine')).values).toBeDefined();
});

test('a child that hangs for long is killed and replaced, and the subject rests for longer each time', async () => {
  let now = 0;
  const { ask, hung } = probe({ softMs: 300, hardMs: 500, now: () => now });
  const { values: before } = await ask('/fine');
  await expect(ask('hang')).rejects.toThrow(Transient);
  await expect.poll(hung).toBe(false);
  const { values: after } = await ask('/fine');
  expect(after?.['pid']).not.toBe(before?.['pid']);
  await expect(ask('hang')).rejects.toThrow(/tried again in 15 s/);
  now += 15_000;
  await expect(ask('hang')).rejects.toThrow(/has not answered/);
  await expect.poll(hung).toBe(false);
  await expect(ask('hang')).rejects.toThrow(/tried again in 30 s/);
});

test('a child that dies fails its questions and is started again after a pause', async () => {
  let now = 0;
  const { ask } = probe({ now: () => now });
  await expect(ask('die')).rejects.toThrow(/ended with 3/);
  await expect(ask('/fine')).rejects.toThrow(/tried again in 15 s/);
  now += 15_000;
  expect((await ask('/fine')).values).toBeDefined();
});

test('a program that is not there is a failed question, not a crash', async () => {
  await expect(probe({ command: ['/no/such/program'] }).ask('/a')).rejects.toThrow(/ENOENT/);
});

test('the statfs child answers with the space of a path, and with the error of one that is not there', async () => {
  const { ask } = probe({ command: bundled('statfs-child.ts', 'runStatfsProbe'), softMs: 20_000 });
  expect((await ask('/')).values?.['blocks']).toBeGreaterThan(0);
  expect((await ask('/no/such/folder')).error).toContain('ENOENT');
});

test('the inventory child tells this machine in one line and ends', async () => {
  const found = await runOnce(bundled('inventory-child.ts', 'runInventoryProbe'), 50_000, new AbortController().signal);
  expect(found).toMatchObject({ threads: expect.stringMatching(/^[1-9]/), os: expect.any(String), cpu: expect.any(String) });
});

// The child as the agent starts it: a script of its own.
function bundled(file: string, entry: string): readonly string[] {
  const script = join(dir, `${entry}.cjs`);
  const source = new URL(file, import.meta.url).pathname;
  const contents = `import { ${entry} } from ${JSON.stringify(source)}; ${entry}();`;
  buildSync({ stdin: { contents, resolveDir: dir }, bundle: true, platform: 'node', format: 'cjs', outfile: script });
  return [process.execPath, script];
}

test('a child that prints one line is answered, even after chatter', async () => {
  const script = 'console.log("warning"); console.log(JSON.stringify({ model: "x" }))';
  expect(await runOnce([process.execPath, '-e', script], 20_000, new AbortController().signal)).toEqual({ model: 'x' });
});

test('a child past its deadline is killed with what it started', async () => {
  const script = 'const c = require("child_process").spawn("sleep", ["600"]); console.error(c.pid); setInterval(() => {}, 1000)';
  await expect(runOnce([process.execPath, '-e', script], 300, new AbortController().signal)).rejects.toThrow(/no answer within 300 ms/);
});

test('a child that ends without a word, or with the agent, is a Transient', async () => {
  await expect(runOnce([process.execPath, '-e', ''], 20_000, new AbortController().signal)).rejects.toThrow(Transient);
  await expect(runOnce([process.execPath, '-e', 'setInterval(() => {}, 1000)'], 20_000, AbortSignal.abort())).rejects.toThrow(/stopped/);
});
