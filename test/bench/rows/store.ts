import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openCollector, temporaryFolder } from '../../collector.ts';
import { flushVictoriaMetrics, startVictoriaMetrics } from '../../services/victoria-metrics.ts';
import type { BenchRow } from '../bench-row.ts';
import { feed } from '../feed.ts';
import { shown } from '../numbers.ts';
import { countValues, recordBatches, retimed, ROUNDS } from '../recording.ts';

const DAY_MS = 86_400_000;

/** Files of a sealed day that hold what roll-ups say; VictoriaMetrics has none, and no budget is held against them. */
const ROLL_UPS: readonly string[] = ['1m.parquet', '1h.parquet'];

/** What a value takes on the disk once its day is sealed, and what it takes in VictoriaMetrics after its last merge. */
export const storeRow: BenchRow = {
  name: 'store',
  summary: 'bytes a value takes on the disk in a sealed day, against VictoriaMetrics after its final merge',
  needs: ['victoria-metrics'],
  async run(options) {
    const recorded = await recordBatches(options.quick ? 3 : 120);
    const start = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
    const bodies = recorded.map((text, at) => Buffer.from(retimed(text, start + at * ROUNDS * 1000)));
    const values = recorded.reduce((sum, text) => sum + countValues(text), 0);
    options.progress(`${values} values`);
    const ours = await sealed(bodies, new Date(start).toISOString().slice(0, 10));
    options.progress(`sealed: ${ours.files.map(([name, bytes]) => `${name} ${shown(bytes / values)}`).join(', ')} B a value`);
    const peer = await merged(bodies);
    return [
      {
        budget: 'store-bytes',
        what: `bytes a value on the disk, of ${values} recorded ones`,
        ours: `${shown(ours.bytes / values)} B, and ${shown(ours.rollUps / values)} B of roll-ups`,
        peer: `${shown(peer.bytes / values)} B ${peer.version}`,
        value: ours.bytes / peer.bytes,
      },
    ];
  },
};

async function sealed(
  bodies: readonly Buffer[],
  day: string,
): Promise<{ readonly bytes: number; readonly rollUps: number; readonly files: readonly (readonly [string, number])[] }> {
  const folder = temporaryFolder();
  const collector = await openCollector(folder.path);
  try {
    await feed(collector.url, bodies);
    await collector.duckdb?.seal(day);
    const directory = join(folder.path, 'duckdb', day);
    const files = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).size] as const);
    const sum = (isRollUp: boolean): number =>
      files.filter(([name]) => ROLL_UPS.includes(name) === isRollUp).reduce((all, [, bytes]) => all + bytes, 0);
    return { bytes: sum(false), rollUps: sum(true), files };
  } finally {
    await collector.close();
    folder.remove();
  }
}

const MERGED_WITHIN_MS = 120_000;

async function merged(bodies: readonly Buffer[]): Promise<{ readonly bytes: number; readonly version: string }> {
  const server = await startVictoriaMetrics();
  try {
    await feed(server.url, bodies);
    await flushVictoriaMetrics(server);
    await (await fetch(`${server.url}/internal/force_merge`, { signal: AbortSignal.timeout(MERGED_WITHIN_MS) })).text();
    const deadline = Date.now() + MERGED_WITHIN_MS;
    // It answers at once and merges then; several looks without a merge under way are its end.
    for (let quiet = 0; quiet < 5;) {
      if (Date.now() > deadline) throw new Error('VictoriaMetrics still merges');
      await pause(1000);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      quiet = [...metrics.matchAll(/^vm_active_merges\{.*\} (\d+)$/gm)].some(([, active]) => active !== '0') ? 0 : quiet + 1;
    }
    // Parts that were merged away are removed a little later, at the latest when it ends.
    await server.end();
    return { bytes: sizeOf(join(server.dir, 'data', 'data')) + sizeOf(join(server.dir, 'data', 'indexdb')), version: server.version };
  } finally {
    await server.stop();
  }
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
