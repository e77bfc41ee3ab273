import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAgent } from './agent.ts';
import type { Agent } from './agent.ts';
import type { Clock } from './clock.ts';
import { readAgentConfig } from './config.ts';
import { defineMetrics } from './contract/metric.ts';
import { openHost } from './host.ts';
import { openLog } from './log.ts';
import { defineSampler } from './sampler.ts';
import { SpoolInUse } from './spool/lock.ts';
import { startCollector } from './transport/recording-collector.ts';
import type { Post, RecordingCollector } from './transport/recording-collector.ts';

// Real sockets and files, with time that runs fifty times as fast.
const SPEED = 50;
const fastClock: Clock = {
  wall: () => 1_700_000_000_000 + Math.floor(performance.now() * SPEED),
  monotonic: () => performance.now() * SPEED,
  after(ms, call) {
    const timer = setTimeout(call, ms / SPEED);
    return () => clearTimeout(timer);
  },
};

const metrics = defineMetrics('test', { test_beat: { kind: 'gauge', unit: 'count', help: 'One more every round.' } });

/** A sampler whose values number the rounds, so that a lost one is seen. */
function beating() {
  const state = { beats: 0 };
  const kind = defineSampler({
    name: 'beat',
    summary: 'Counts rounds.',
    metrics,
    options: {},
    open({ series }) {
      const beat = series(metrics.test_beat);
      return { sample: () => beat.set(++state.beats) };
    },
  });
  return { kind, state };
}

let dir = '';
let collector: RecordingCollector;
let agents: Agent[] = [];
let lines: string[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-agent-'));
  collector = await startCollector();
  agents = [];
  lines = [];
});
afterEach(async () => {
  for (const agent of agents) await agent.stop();
  await collector.close();
  rmSync(dir, { recursive: true, force: true });
});

function start(options: Record<string, unknown> = {}, own = { cpuSeconds: () => 0, bytes: () => 0 }) {
  const { kind, state } = beating();
  const document = { collector: collector.url, period: '1s', push: '3s', spool: { dir: join(dir, 'spool') }, instance: 'n1', ...options };
  const config = readAgentConfig([kind], document, 'test', {});
  const agent = startAgent({
    config,
    host: openHost(),
    clock: fastClock,
    log: openLog((line) => lines.push(line)),
    env: {},
    own,
  });
  agents.push(agent);
  return { agent, state };
}

function beatsOf(posts: readonly Post[]): number[] {
  return posts.flatMap(({ text }) => [...text.matchAll(/^test,\S+ beat=(\d+) \d+$/gm)].map(([, beat]) => Number(beat)));
}

function numbers(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, at) => at + 1);
}

/** The rounds up to this one of which nothing is stored. */
function missing(upTo: number): number[] {
  const stored = new Set(beatsOf(collector.stored));
  return numbers(upTo).filter((beat) => !stored.has(beat));
}

// Sending twice changes nothing: a value is told by its series and its time.
const distinct = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

test('an agent over its budget doubles its period, says why, and publishes both', async () => {
  // Two per cent of a core, from the start.
  const { agent } = start({}, { cpuSeconds: () => fastClock.monotonic() * 0.02e-3, bytes: () => 2 ** 30 });
  await expect
    .poll(() => lines.join(''), { timeout: 15_000 })
    .toMatch(/periods are stretched 2 times: the last minute cost 2(\.\d)? % of a core, the budget is 1 %/);
  expect(lines.join('')).toMatch(/the agent takes 10\d\d MiB of memory, the budget is 100 MiB/);
  await expect.poll(() => collector.stored.at(-1)?.text, { timeout: 15_000 }).toMatch(/vigie_agent,\S+ .*slowdown=2/);
  await expect.poll(() => collector.stored.at(-1)?.text).toMatch(/vigie_agent,\S*resource=cpu\S* over_budget=1/);
  await agent.stop();
});

test('every round arrives, in batches of several, with the node in its labels', async () => {
  const { agent, state } = start();
  await collector.until(() => collector.stored.length >= 5);
  await agent.stop();
  expect(distinct(beatsOf(collector.stored))).toEqual(numbers(state.beats));
  expect(beatsOf(collector.stored.slice(2, 3)).length).toBeGreaterThan(1);
  expect(collector.stored[0]?.text).toContain('test,cluster=default,instance=n1 beat=1 ');
  expect(readdirSync(join(dir, 'spool'))).toEqual(['id']);
});

test('times stand at the multiples of the period', async () => {
  const { agent } = start({ period: '5s' });
  await collector.until(() => collector.stored.length >= 3);
  await agent.stop();
  const times = [...(collector.stored[1]?.text ?? '').matchAll(/ (\d+)$/gm)].map(([, time]) => Number(time));
  // A timer of a busy machine may be late, and then the true time stands.
  expect(times.every((time) => time % 5000 < 2500)).toBe(true);
});

test('after a storm of 503 live data comes first, then all the backlog, and nothing is lost', async () => {
  collector.reply = () => 503;
  const { agent, state } = start({ backlog_rate: '1MiB' });
  await collector.until(() => collector.received.length >= 4);
  const waiting = state.beats;
  collector.reply = () => 204;
  await collector.until(() => collector.stored.length > 0);
  expect(Math.min(...beatsOf(collector.stored.slice(0, 1)))).toBeGreaterThan(waiting / 2);
  await collector.until(() => missing(waiting + 5).length === 0);
  await agent.stop();
  expect(lines.filter((line) => line.includes('batches are not taken'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('takes batches again'))).toHaveLength(1);
});

test('a batch whose connection is cut before the answer is sent again', async () => {
  let cuts = 0;
  collector.reply = () => (cuts++ % 3 === 1 ? 'cut' : 204);
  const { agent, state } = start({ backlog_rate: '1MiB' });
  await collector.until(() => collector.received.length >= 12);
  const beats = state.beats;
  collector.reply = () => 204;
  await collector.until(() => missing(beats).length === 0);
  await agent.stop();
  expect(collector.received.length).toBeGreaterThan(collector.stored.length);
});

test('a wrong token costs nothing once the right one is in the file', async () => {
  const file = join(dir, 'token');
  writeFileSync(file, 'wrong\n');
  collector.reply = ({ headers }) => (headers.authorization === 'Bearer right' ? 204 : 401);
  const { agent, state } = start({ token_file: file, backlog_rate: '1MiB' });
  await collector.until(() => collector.received.length >= 2);
  writeFileSync(file, 'right\n');
  const beats = state.beats;
  await collector.until(() => missing(beats).length === 0);
  await agent.stop();
  expect(lines.filter((line) => line.includes(': 401;'))).toHaveLength(1);
});

test("a batch stored in part is not sent again, and shows in the agent's own metrics", async () => {
  let posts = 0;
  collector.reply = () => (++posts === 2 ? { status: 400, body: '{"error":"partial write: dropped=1"}' } : 204);
  const { agent } = start();
  await collector.until(() => collector.stored.some(({ text }) => text.includes('reason=partial batches_dropped_total=1 ')));
  await agent.stop();
  expect(lines.filter((line) => line.includes('stored a batch only in part'))).toHaveLength(1);
  const texts = collector.received.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
});

test('what could not be sent before the end is sent by the next agent on the same spool', async () => {
  collector.reply = () => 503;
  const first = start();
  await collector.until(() => collector.received.length >= 2);
  await first.agent.stop();
  const beats = first.state.beats;
  collector.reply = () => 204;
  const next = start({ instance: 'n2', backlog_rate: '1MiB' });
  const ofFirst = (): Post[] => collector.stored.filter(({ text }) => text.includes('instance=n1'));
  await collector.until(() => beatsOf(ofFirst()).length >= beats);
  await next.agent.stop();
  expect(distinct(beatsOf(ofFirst()))).toEqual(numbers(beats));
  expect(collector.stored[0]?.text).toContain('instance=n2');
  const [id] = new Set(collector.received.map(({ headers }) => headers['x-vigie-agent']));
  expect(id).toMatch(/^[0-9a-f]{16}$/);
});

test('a second agent on the same spool is refused', () => {
  start();
  expect(() => start()).toThrow(SpoolInUse);
});
