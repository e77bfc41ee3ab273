import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { post, temporaryFolder } from '../../collector.ts';
import type { BenchRow } from '../bench-row.ts';
import { holdOf, WATCH } from '../hold.ts';
import { shown, spread } from '../numbers.ts';
import { startCollector } from '../ours.ts';

const BYTES = 60e6;
const CPUS = 200;
/** Bodies before those that count: the first ones compile the code. */
const WARM_UP = 2;

/** How long a long body keeps everybody else waiting. */
export const bodyRow: BenchRow = {
  name: 'body',
  summary: 'the longest hold of the event loop while a body of 60 MB is read and stored',
  needs: [],
  async run({ runs, quick, progress }) {
    const folder = temporaryFolder();
    const collector = await startCollector(folder.path, { flags: [WATCH] });
    const holds: number[] = [];
    try {
      for (let run = -WARM_UP; run < runs; run++) {
        const body = await promisify(gzip)(bodyOf(quick ? BYTES / 10 : BYTES), { level: 1 });
        await holdOf(collector.child);
        const { status, text } = await post(collector.url, body, { headers: { 'content-encoding': 'gzip' } });
        if (status !== 204) throw new Error(`the collector answered ${status}: ${text}`);
        const hold = await holdOf(collector.child);
        if (run < 0) continue;
        holds.push(hold);
        progress(`held ${shown(hold)} ms`);
      }
    } finally {
      await collector.stop();
      folder.remove();
    }
    const what = `longest hold while a ${(quick ? BYTES / 10 : BYTES) / 1e6} MB body is read`;
    return [{ budget: 'body-hold', what, ours: spread(holds, ' ms'), peer: 'none', value: Math.max(...holds) }];
  },
};

// Rounds of one node, the newest of now, as an agent has them after a long outage.
function bodyOf(bytes: number): string {
  const now = Date.now();
  const rounds: string[] = [];
  for (let at = 0, length = 0; length < bytes; at++) {
    const lines = Array.from({ length: CPUS }, (_, cpu) => {
      const fields = `seconds_total=${cpu}.${at % 100},guest_seconds_total=${at}.25`;
      return `node_cpu,cluster=c,instance=big,cpu=${cpu},mode=idle ${fields} ${now - at * 1000}\n`;
    });
    length += rounds[rounds.push(lines.join('')) - 1]?.length ?? 0;
  }
  return rounds.join('');
}
