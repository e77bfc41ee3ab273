import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpool } from './spool.ts';

// Appends numbered batches, settles them in another order, and says what it has done after it is done.
const CHILD = `
import { writeSync } from 'node:fs';
import { openSpool } from './spool.ts';
const spool = openSpool({ dir: process.argv[2], maxBytes: 64 * 1048576, onTrouble: (error) => { throw error; } });
const say = (text) => writeSync(1, text + '\\n');
for (let n = Number(process.argv[3]); ; n++) {
  spool.append(Buffer.from(String(n).padEnd(200 + (n % 7) * 1000)), 1);
  say('+' + n);
  const end = n % 3 === 0 ? 'oldest' : 'newest';
  for (let k = n % 4; k > 0; k--) {
    const record = spool.find(end, () => false);
    if (record === undefined) continue;
    const text = spool.read(record).toString().trim();
    spool.settle(record);
    say('-' + text);
  }
}
`;

let dir = '';
let script = '';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-killed-'));
  script = join(dir, 'child.cjs');
  await build({
    stdin: { contents: CHILD, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('whenever the process is killed, all that was written and not settled is there, and nothing that was settled', async () => {
  const spoolDir = join(dir, 'spool');
  const waiting = new Set<number>();
  let last = 0;
  for (let kill = 0; kill < 8; kill++) {
    const output = await runAndKill(spoolDir, last + 1, 400 + kill * 137);
    for (const line of output) {
      const n = Number(line.slice(1));
      if (line.startsWith('+')) waiting.add(n);
      else waiting.delete(n);
      last = Math.max(last, n);
    }
    const { found, damaged } = look(spoolDir);
    // What was in hand when the kill came may be there or not: one written and not yet said, one settled and not yet said.
    const surplus = [...found].filter((n) => !waiting.has(n));
    const missing = [...waiting].filter((n) => !found.has(n));
    expect(
      surplus.filter((n) => n !== last + 1),
      `kill ${kill}`,
    ).toEqual([]);
    expect(missing.length, `kill ${kill}: ${missing.join()}`).toBeLessThanOrEqual(1);
    expect(damaged).toBeLessThanOrEqual(1);
    for (const n of missing) waiting.delete(n);
    for (const n of surplus) waiting.add(n);
    last = Math.max(last, ...surplus);
  }
  expect(last).toBeGreaterThan(1000);
});

/** Starts the child, and kills it after so many lines. */
async function runAndKill(spoolDir: string, from: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [script, spoolDir, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
    if (text.split('\n').length > lines) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return text.split('\n').slice(0, -1);
}

function look(spoolDir: string): { found: Set<number>; damaged: number } {
  const spool = openSpool({
    dir: spoolDir,
    maxBytes: 64 * 1_048_576,
    onTrouble: (error) => {
      throw error;
    },
  });
  const found = new Set<number>();
  for (let record = spool.find('oldest', ({ sequence }) => found.has(-sequence)); record !== undefined;) {
    const seen = record.sequence;
    found.add(-seen);
    found.add(Number(spool.read(record)?.toString().trim()));
    record = spool.find('oldest', ({ sequence }) => found.has(-sequence));
  }
  for (const n of found) if (n < 0) found.delete(n);
  const { damaged } = spool;
  spool.close();
  return { found, damaged };
}
