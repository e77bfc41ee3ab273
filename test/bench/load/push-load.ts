// Pushes batches of ten rounds as fast as they are taken, over so many connections that the collector never waits for one.
// Arguments: URL NODES TEMPLATE_FILE. Every message `{ seconds, start }` on the channel makes it push for so long, from that time (in
// milliseconds) on; it answers `{ values, last }`: what was acknowledged within these seconds, and the time after the last round.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { openTemplate } from './fleet-template.ts';
import { BATCH_MS } from './fleet-values.ts';

/** What is asked of the load. */
export interface PushOrder {
  readonly seconds: number;
  readonly start: number;
}

/** What it did. */
export interface PushReport {
  readonly values: number;
  readonly last: number;
}

const CONNECTIONS = 64;

const [url = '', nodeText = '', file = ''] = process.argv.slice(2);
const nodes = Number(nodeText);
const text = readFileSync(file, 'utf8');

process.on('message', ({ seconds, start }: PushOrder) => {
  push(seconds * 1000, start).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});

async function push(forMs: number, start: number): Promise<PushReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const template = openTemplate(text);
  const end = performance.now() + forMs;
  let next = 0;
  let stored = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < end) {
        const turn = next++;
        await post(agent, template.body(turn % nodes, Math.floor(turn / nodes), start));
        if (performance.now() < end) stored++;
      }
    }),
  );
  agent.destroy();
  return { values: stored * template.values, last: start + Math.ceil(next / nodes) * BATCH_MS };
}

function post(agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': body.length };
    const posting = request(`${url}/write?precision=ms`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      // Held back, it comes again with the next batch: only what is acknowledged counts.
      answer.on('end', () => (answer.statusCode === 204 ? resolve() : reject(new Error(`answer ${answer.statusCode}`))));
    });
    posting.on('error', reject);
    posting.end(body);
  });
}
