import { monitorEventLoopDelay } from 'node:perf_hooks';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, temporaryFolder } from '../collector.ts';

// The budget of 20 ms stands in the bench, which has a machine to itself; this is five times that, for one that is shared.
const LONGEST_HOLD_MS = 100;

const folder = temporaryFolder();
let collector: Collector;
beforeAll(async () => {
  collector = await openCollector(folder.path);
});
afterAll(async () => {
  await collector.close();
  folder.remove();
});

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

// The longest hold while this is done; the least of three times, for what the collector does itself comes every time, and
// what the machine's other work does to it does not.
async function longestHold(what: string, work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 3 && least >= LONGEST_HOLD_MS; at++) {
    delay.reset();
    await work();
    console.log(`${what}: loop held ${(delay.max / 1e6).toFixed(1)} ms at most, ${(delay.percentile(99) / 1e6).toFixed(1)} ms at p99`);
    least = Math.min(least, delay.max / 1e6);
  }
  return least;
}

// Another process sends and asks, so that only the collector's own work holds this loop.
async function byAnother(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  await once(child, 'close');
  return output;
}

it('is held for less than 100 ms at a time while a body of 60 MB is read and stored', async () => {
  const now = Date.now();
  const round = (at: number): string =>
    Array.from(
      { length: 200 },
      (_, cpu) =>
        `node_cpu,cluster=c,instance=big,cpu=${cpu},mode=idle seconds_total=${cpu}.${at % 100},guest=${at}.25 ${now - at * 1000}\n`,
    ).join('');
  const rounds: string[] = [];
  for (let at = 0, length = 0; length < 60e6; at++) length += rounds[rounds.push(round(at)) - 1]?.length ?? 0;
  writeFileSync(`${folder.path}/body.gz`, gzipSync(rounds.join(''), { level: 1 }));
  rounds.length = 0;
  const script = `import { readFileSync } from 'node:fs';
    const body = readFileSync('${folder.path}/body.gz');
    const answer = await fetch('${collector.url}/write?precision=ms', { method: 'POST', body, headers: { 'content-encoding': 'gzip' } });
    console.log(answer.status, await answer.text());`;
  const hold = await longestHold('60 MB of lines', async () => expect((await byAnother(script)).trim()).toBe('204'));
  expect(hold).toBeLessThan(LONGEST_HOLD_MS);
});

it('is held for less than 100 ms at a time while /metrics of 200 000 series is written', async () => {
  for (let node = 0; node < 200; node++) {
    const lines = Array.from(
      { length: 100 },
      (_, group) =>
        `m${group},instance=n${node} ${Array.from({ length: 10 }, (__, field) => `f${field}=${node * group}.${field}`).join(',')}\n`,
    );
    const answer = await fetch(`${collector.url}/write`, { method: 'POST', body: lines.join('') });
    expect(answer.status).toBe(204);
  }
  for (const gzip of [false, true]) {
    const script = `const answer = await fetch('${collector.url}/metrics', { headers: { 'accept-encoding': '${gzip ? 'gzip' : 'identity'}' } });
      console.log((await answer.text()).split('\\n').filter((line) => line.startsWith('m')).length);`;
    const what = `/metrics of 200 000 series${gzip ? ', gzip' : ''}`;
    const hold = await longestHold(what, async () => expect(Number(await byAnother(script))).toBe(200_000));
    expect(hold).toBeLessThan(LONGEST_HOLD_MS);
  }
});
