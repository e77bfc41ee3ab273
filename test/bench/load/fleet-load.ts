// Many simulated agents: each posts a batch of ten rounds every ten seconds over a connection of its own, and comes again until it
// is answered 204. Arguments: URL NODES SECONDS TEMPLATE_FILE. Says what it did over the channel of messages.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../numbers.ts';
import { openTemplate } from './fleet-template.ts';
import { BATCH_MS, nodeName } from './fleet-values.ts';
import type { FleetReport } from './fleet-values.ts';

const AGAIN_MS = 1000;
/** How long after its end a batch may still be brought. */
const PATIENCE_MS = 60_000;

const [url = '', nodeText = '', secondText = '', file = ''] = process.argv.slice(2);
const nodes = Number(nodeText);
const batches = Math.max(1, Math.round((Number(secondText) * 1000) / BATCH_MS));
const template = openTemplate(readFileSync(file, 'utf8'));
const latencies: number[] = [];
const counts = { posts: 0, again: 0, given: 0, late: 0 };
const reasons = new Map<string, number>();

// A batch's rounds are over when it is sent.
const start = Math.floor(Date.now() / 1000) * 1000 - BATCH_MS;
const began = performance.now();
const deadline = began + batches * BATCH_MS + PATIENCE_MS;
await Promise.all(Array.from({ length: nodes }, (_, node) => runNode(node)));
const report: FleetReport = {
  ...counts,
  start,
  batches,
  values: counts.posts * template.values,
  p50: quantile(latencies, 0.5),
  p99: quantile(latencies, 0.99),
  worst: latencies.reduce((most, one) => Math.max(most, one), 0),
  reasons: [...reasons].map(([reason, times]) => `${times} × ${reason}`),
};
process.send?.(report);
process.disconnect();

async function runNode(node: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let batch = 0; batch < batches; batch++) {
    const due = began + (batch + node / nodes) * BATCH_MS;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    counts.late = Math.max(counts.late, performance.now() - due);
    await deliver(agent, node, template.body(node, batch, start));
  }
  agent.destroy();
}

async function deliver(agent: Agent, node: number, body: Buffer): Promise<void> {
  const first = performance.now();
  while (performance.now() < deadline) {
    const refusal = await post(agent, node, body);
    if (refusal === undefined) {
      latencies.push(performance.now() - first);
      counts.posts++;
      return;
    }
    reasons.set(refusal, (reasons.get(refusal) ?? 0) + 1);
    counts.again++;
    await pause(AGAIN_MS);
  }
  counts.given++;
}

function post(agent: Agent, node: number, body: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': body.length, 'x-vigie-agent': nodeName(node) };
    const posting = request(`${url}/write?precision=ms`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('error', (error) => resolve(error.message));
      answer.on('end', () => resolve(answer.statusCode === 204 ? undefined : `answer ${answer.statusCode}`));
    });
    posting.on('error', (error) => resolve(error.message));
    posting.end(body);
  });
}
