import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { temporaryFolder } from '../collector.ts';
import { bundleAgent, startAgent } from './ours.ts';

/** Rounds of a recorded batch. */
export const ROUNDS = 10;
/** The node's name in a recording, which stands nowhere else in it. */
export const RECORDED_NODE = 'bench-node-0';

// The first batches hold what is read once.
const PASSED_OVER = 3;
const WITHIN_MS = 60_000;
/** For each batch, which takes a second where the machine has the time. */
const BATCH_WITHIN_MS = 3_000;

/** Texts of so many batches of ten rounds, as the real agent sends them from this machine. */
export async function recordBatches(count: number): Promise<string[]> {
  const texts: string[] = [];
  let passed = 0;
  const events = new EventEmitter();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = gunzipSync(Buffer.concat(parts)).toString();
      passed++;
      // A round that the machine had no time for leaves a batch short.
      if (passed > PASSED_OVER && roundsOf(text).length === ROUNDS) texts.push(text);
      response.writeHead(204).end();
      if (texts.length >= count) events.emit('enough');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = temporaryFolder();
  // Ten times as fast as in life, so that recording takes seconds; times are written anew anyway.
  const config = {
    instance: RECORDED_NODE,
    period: '100ms',
    push: '1s',
    collector: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const agent = startAgent(bundleAgent(folder.path), folder.path, config);
  try {
    await once(events, 'enough', { signal: AbortSignal.timeout(WITHIN_MS + count * BATCH_WITHIN_MS) });
  } finally {
    await agent.stop();
    server.close();
    server.closeAllConnections();
    folder.remove();
  }
  return texts.slice(0, count);
}

/** Values that a text of line protocol holds; none of them a string. */
export function countValues(text: string): number {
  let values = 0;
  for (const line of text.trimEnd().split('\n')) values += fieldsOf(line).split(',').length;
  return values;
}

/** The fields of a line whose tags hold escaped spaces, maybe. */
export function fieldsOf(line: string): string {
  return line.slice(endOfHead(line) + 1, line.lastIndexOf(' '));
}

/** Measurement and tags of a line. */
export function headOf(line: string): string {
  return line.slice(0, endOfHead(line));
}

function endOfHead(line: string): number {
  return /(?<!\\) /.exec(line)?.index ?? line.length;
}

const TIMES = / (\d{13})$/gm;

function roundsOf(text: string): number[] {
  return [...new Set([...text.matchAll(TIMES)].map(([, time]) => Number(time)))].sort((one, other) => one - other);
}

/** The text with its rounds a second apart from `start` on, milliseconds since the epoch. */
export function retimed(text: string, start: number): string {
  const places = new Map(roundsOf(text).map((time, at) => [String(time), start + at * 1000]));
  return text.replace(TIMES, (_, time: string) => ` ${places.get(time)}`);
}
