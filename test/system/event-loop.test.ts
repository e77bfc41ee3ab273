import { monitorEventLoopDelay } from 'node:perf_hooks';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, temporaryFolder } from '../collector.ts';

// Budgets stand in the bench; here only what nobody could call noise is a failure.
const NOBODY_WAITS_MS = 250;

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

// Another process sends and asks, so that only the collector's own work holds this loop.
async function byAnother(script: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  await once(child, 'close');
  return output;
}

it('goes on while a body of 60 MB is read and stored', async () => {
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
  delay.enable();
  delay.reset();
  const script = `import { readFileSync } from 'node:fs';
    const body = readFileSync('${folder.path}/body.gz');
    const answer = await fetch('${collector.url}/write?precision=ms', { method: 'POST', body, headers: { 'content-encoding': 'gzip' } });
    console.log(answer.status, await answer.text());`;
  expect((await byAnother(script)).trim()).toBe('204');
  console.log(`60 MB of lines: loop held ${(delay.max / 1e6).toFixed(1)} ms at most, ${(delay.percentile(99) / 1e6).toFixed(1)} ms at p99`);
  expect(delay.max / 1e6).toBeLessThan(NOBODY_WAITS_MS);
});

it('goes on while /metrics of 200 000 series is written', async () => {
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
    delay.reset();
    const script = `const answer = await fetch('${collector.url}/metrics', { headers: { 'accept-encoding': '${gzip ? 'gzip' : 'identity'}' } });
      console.log((await answer.text()).split('\\n').filter((line) => line.startsWith('m')).length);`;
    expect(Number(await byAnother(script))).toBe(200_000);
    console.log(
      `/metrics of 200 000 series${gzip ? ', gzip' : ''}: loop held ${(delay.max / 1e6).toFixed(1)} ms at most, ${(delay.percentile(99) / 1e6).toFixed(1)} ms at p99`,
    );
    expect(delay.max / 1e6).toBeLessThan(NOBODY_WAITS_MS);
  }
});
