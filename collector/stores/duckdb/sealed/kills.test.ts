import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../../../agent/contract/seeded.ts';
import { startProgram } from '../../../../test/collector.ts';
import type { Running } from '../../../../test/collector.ts';
import { openDuckdb } from '../../../../test/open-duckdb.ts';

/** More of them: VIGIE_SEAL_KILLS=100. */
const KILLS = Number(process.env['VIGIE_SEAL_KILLS'] ?? 10);
const DAY_MS = 86_400_000;
const yesterday = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const day = new Date(yesterday).toISOString().slice(0, 10);
const random = seeded(Number(process.env['VIGIE_SEED'] ?? 7));

let folder: string;
let whole: unknown;
let took: number;

/** Samples of 20 nodes from a time on. */
function lines(from: number, count: number, value: number): string {
  const rounds = Array.from({ length: count }, (_, at) => from + at * 5000);
  return rounds
    .flatMap((time) => Array.from({ length: 20 }, (_, node) => `m,instance=n${node} v=${value + node + time / 1000} ${time}\n`))
    .join('');
}

async function startSealing(data: string): Promise<Running> {
  const child = startProgram('collector/cli/main.js', ['store', 'seal', day, '--data', data]);
  while (!child.output().includes('sealing'))
    await Promise.race([once(child.child.stderr as NodeJS.ReadableStream, 'data'), once(child.child, 'exit')]);
  return child;
}

// A day that was sealed once and written to since, and how long it takes to seal it again.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  const { write, store, all } = await openDuckdb(join(folder, 'made'));
  await write(lines(yesterday, 3000, 0.5));
  await store.seal(day);
  await write(lines(yesterday + 2000 * 5000, 2000, 0.25));
  await store.flush();
  whole = await all();
  await store.close(AbortSignal.timeout(5000));
  cpSync(join(folder, 'made'), join(folder, 'first'), { recursive: true });
  const child = await startSealing(join(folder, 'first'));
  const begun = performance.now();
  await once(child.child, 'exit');
  took = performance.now() - begun;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a process that seals a day and is killed', () => {
  it(`has lost nothing and left nothing half, ${KILLS} times`, { timeout: KILLS * 20_000 }, async () => {
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const data = join(folder, `kill${kill}`);
      cpSync(join(folder, 'made'), data, { recursive: true });
      const child = await startSealing(data);
      await sleep(random() * took * 1.1);
      await child.kill();
      const { all, store } = await openDuckdb(data);
      expect(await all()).toEqual(whole);
      const left = readdirSync(join(data, 'duckdb')).filter((name) => name.startsWith('20'));
      expect([[day], [day, `${day}.duckdb`]]).toContainEqual(left.sort());
      if (existsSync(join(data, 'duckdb', `${day}.duckdb`))) unfinished++;
      await store.close(AbortSignal.timeout(5000));
      rmSync(data, { recursive: true });
    }
    // Some before the day was whole: else nothing was put to the test.
    expect(unfinished).toBeGreaterThan(0);
  });
});
