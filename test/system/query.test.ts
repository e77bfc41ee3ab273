import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdOf, WATCH } from '../bench/hold.ts';
import { startCollector } from '../bench/ours.ts';
import { post, residentMiB, temporaryFolder } from '../collector.ts';
import { needsServer } from '../services/needs-server.ts';
import { runPromtool } from '../services/prometheus.ts';

const NODES = 20;
const SECOND = 1000;
const SAMPLES = 120;
const now = Math.floor(Date.now() / SECOND) * SECOND;
const start = now - SAMPLES * 5 * SECOND;

const folder = temporaryFolder();
let collector: Awaited<ReturnType<typeof startCollector>>;
beforeAll(async () => {
  collector = await startCollector(folder.path, { flags: [WATCH] });
  for (let node = 0; node < NODES; node++) {
    const lines: string[] = [];
    for (let at = 0; at < SAMPLES; at++) {
      const time = start + at * 5 * SECOND;
      lines.push(`node,cluster=dahu,instance=dahu${node} load1=${node + at / 10} ${time}`);
      for (const mode of ['user', 'idle']) {
        lines.push(
          `node_cpu,cluster=dahu,instance=dahu${node},cpu=0,mode=${mode} seconds_total=${at * 5 * (mode === 'user' ? 0.25 : 0.75)} ${time}`,
        );
      }
    }
    const { status, text } = await post(collector.url, `${lines.join('\n')}\n`);
    if (status !== 204) throw new Error(text);
  }
});
afterAll(async () => {
  await collector.stop();
  folder.remove();
});

interface Answer {
  readonly status: number;
  readonly body: { readonly status: string; readonly errorType?: string; readonly error?: string; readonly data?: unknown };
}

async function ask(route: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${collector.url}/api/v1/${route}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function promtool(...args: readonly string[]): Promise<string> {
  const { code, output } = await runPromtool(['query', ...args]);
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

needsServer('promtool')('promtool', () => {
  const last = (start + (SAMPLES - 1) * 5 * SECOND) / 1000;

  it('asks for a value', async () => {
    expect(await promtool('instant', collector.url, `count(node_load1 @ ${last})`)).toMatch(/^\{\} => 20 @\[[\d.]+\]\n$/);
    const rate = `sum(rate(node_cpu_seconds_total{instance="dahu3"}[5m] @ ${last})) by (instance)`;
    expect(await promtool('instant', collector.url, rate)).toMatch(/^\{instance="dahu3"\} => 1 @/);
  });

  it('asks for a stretch of time', async () => {
    const output = await promtool(
      'range',
      `--start=${last - 20}`,
      `--end=${last}`,
      '--step=10s',
      collector.url,
      'node_load1{instance="dahu2"}',
    );
    expect(output).toBe(`node_load1{cluster="dahu", instance="dahu2"} =>\n13.5 @[${last - 20}]\n13.7 @[${last - 10}]\n13.9 @[${last}]\n`);
  });

  it('asks for series and for labels', async () => {
    const series = await promtool(
      'series',
      '--match=node_load1{instance=~"dahu1[0-9]?"}',
      `--start=${last - 60}`,
      `--end=${last}`,
      collector.url,
    );
    expect(series.trim().split('\n').sort()[0]).toBe('{__name__="node_load1", cluster="dahu", instance="dahu1"}');
    expect(series.trim().split('\n')).toHaveLength(11);
    expect((await promtool('labels', collector.url, 'mode')).trim().split('\n')).toEqual(['idle', 'user']);
  });

  it('is told what is wrong', async () => {
    const { code, output } = await runPromtool(['query', 'instant', collector.url, 'sum by']);
    expect([code, output]).toEqual([1, expect.stringMatching(/^query error: bad_data: invalid parameter "query": 1:\d+: parse error: /)]);
  });
});

function paren(count: number): string {
  return `${'('.repeat(count)}1${')'.repeat(count)}`;
}

function regex(text: string): string {
  return `count({instance=~${JSON.stringify(text)}})`;
}

describe('bad questions', () => {
  const year = { start: String(now / 1000 - 365 * 86_400), end: String(now / 1000) };
  const bad: readonly (readonly [route: string, parameters: Readonly<Record<string, string>>, error: string])[] = [
    ['query', { query: 'rate(foo)' }, 'expected type range vector in call to function "rate", got instant vector'],
    ['query', { query: 'sum by' }, 'parse error'],
    ['query_range', { query: '{__name__=~".*"}', ...year, step: '300' }, 'must contain at least one non-empty matcher'],
    ['query_range', { query: '{__name__=~".+"}', ...year, step: '1' }, 'exceeded maximum resolution of 200,000 points'],
    ['query', { query: regex('((a{1,100}){1,100}){1,100}') }, 'too large'],
    ['query', { query: regex(`${'(x|'.repeat(2000)}y${')'.repeat(2000)}`) }, 'nests too deeply'],
    ['query', { query: paren(100_000) }, 'nested deeper'],
    ['query', { query: `${'-'.repeat(500_000)}1` }, 'parse error'],
    ['query', { query: 'x'.repeat(2_000_000) }, '(query.body)'],
    ['series', { 'match[]': '{__name__=~".*"}' }, 'must contain at least one non-empty matcher'],
  ];

  it.each(bad)('get an error that says why: %s, case %#', async (route, parameters, error) => {
    expect(await ask(route, parameters)).toMatchObject({
      status: 400,
      body: { status: 'error', errorType: 'bad_data', error: expect.stringContaining(error) as string },
    });
  });

  it('of a hundred megabytes are refused before they have come', async () => {
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => socket.destroy());
    const body = Buffer.from(`query=${'('.repeat(1_000_000)}`);
    socket.write(
      `POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100000000\r\n\r\n`,
    );
    const answered = once(socket, 'data') as Promise<[Buffer]>;
    let answer: Buffer | undefined;
    void answered.then(([bytes]) => (answer = bytes));
    for (let sent = 0; sent < 100 && answer === undefined; sent++) await new Promise((resolve) => socket.write(body, resolve));
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 400 [\s\S]*"errorType":"bad_data"/);
    socket.destroy();
  });

  it('go by without ingest noticing: acknowledgements keep coming, the loop is not held, and memory stays', async () => {
    const before = residentMiB(collector.pid);
    let going = true;
    let acknowledged = 0;
    let sequence = 0;
    const send = async (): Promise<void> => {
      while (going) {
        const answer = await post(collector.url, `ingest,instance=i v=${sequence} ${now + sequence++}\n`);
        if (answer.status === 204) acknowledged++;
        else throw new Error(answer.text);
      }
    };
    const expensive: typeof bad = [
      ['query_range', { query: '{__name__=~".+"}', ...year, step: '300' }, ''],
      ['query_range', { query: 'node_load1 * on() group_left() scalar(vector(1))', ...year, step: '200' }, ''],
      ['query_range', { query: 'sum(sum_over_time({__name__=~".+"}[1y:1s]))', ...year, step: '3000' }, ''],
      ['query', { query: regex(`${'.*'.repeat(3000)}x`) }, ''],
      ['query', { query: regex('(x+x+)+y') }, ''],
    ];
    const senders = [send(), send()];
    const holds: number[] = [];
    const unanswered: string[] = [];
    let acknowledgedBefore = -1;
    for (let round = 0; round < 3; round++) {
      await holdOf(collector.child);
      const answers = await Promise.all([...bad, ...expensive].map(([route, parameters]) => ask(route, { timeout: '5s', ...parameters })));
      for (const { body } of answers) if (body.status !== 'success' && body.error === undefined) unanswered.push(JSON.stringify(body));
      holds.push(await holdOf(collector.child));
      expect(acknowledged).toBeGreaterThan(acknowledgedBefore);
      acknowledgedBefore = acknowledged;
    }
    going = false;
    await Promise.all(senders);
    const grown = residentMiB(collector.pid) - before;
    console.log(
      `bad questions: ${acknowledged} posts acknowledged beside them, loop held ${holds.map((hold) => hold.toFixed(0)).join(', ')} ms at most, ${grown.toFixed(0)} MiB more`,
    );
    expect(unanswered).toEqual([]);
    expect(await ask('query', { query: `count_over_time(ingest_v[10m] @ ${(now + sequence) / 1000})` })).toMatchObject({
      body: { data: { result: [{ value: [expect.any(Number), String(sequence)] }] } },
    });
    // The budget of 20 ms stands in the bench, which has a machine to itself; an evaluation on this loop would hold it for seconds, every time.
    expect(Math.min(...holds)).toBeLessThan(250);
    expect(grown).toBeLessThan(1024);
  });
});
