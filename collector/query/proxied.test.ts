import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { QueryError } from '../promql/query-error.ts';
import { batchOf } from '../../test/batch.ts';
import { openStore } from '../../test/open-store.ts';
import { noting, questionOf, taken } from '../../test/query/asking.ts';
import type { Noted } from '../../test/query/asking.ts';
import { needsServer } from '../../test/services/needs-server.ts';
import type { Service } from '../../test/services/service.ts';
import { flushVictoriaMetrics, startVictoriaMetrics } from '../../test/services/victoria-metrics.ts';
import kind from '../stores/prometheus/index.ts';
import { openQuestions } from './open-questions.ts';
import type { Questions } from './question.ts';

const { signal } = new AbortController();
const options = { timeout: 5000, samples: 1, lookback: 1, points: 1, memory: 1, threads: 1, concurrency: 2 };

async function asking(config: Readonly<Record<string, unknown>>): Promise<{ readonly questions: Questions; readonly noted: Noted }> {
  const { store } = await openStore(kind, config);
  const noted = noting();
  const questions = openQuestions({ stores: [store], options, events: noted.events, log: () => undefined });
  onTestFinished(async () => {
    await questions.close();
    await store.close(AbortSignal.timeout(1000));
  });
  return { questions, noted };
}

needsServer('victoria-metrics')('questions to a collector whose store is VictoriaMetrics', () => {
  let server: Service;
  const now = Math.floor(Date.now() / 1000) * 1000;

  beforeAll(async () => {
    server = await startVictoriaMetrics();
    const { store } = await openStore(kind, { url: server.url });
    const lines = Array.from({ length: 60 }, (_, at) => `node,instance=n1 load1=${at} ${now - (60 - at) * 1000}`);
    await store.write(batchOf(lines), AbortSignal.timeout(10_000));
    await store.close(AbortSignal.timeout(1000));
    await flushVictoriaMetrics(server);
  });
  afterAll(() => server.stop());

  it('are answered by it, with its status, packed where that is asked for', async () => {
    const { questions, noted } = await asking({ url: server.url });
    const instant = await taken(await questions.ask(questionOf('query', { query: 'node_load1', time: String(now / 1000) }), signal));
    expect(instant).toMatchObject({
      status: 200,
      body: { status: 'success', data: { result: [{ metric: { instance: 'n1' }, value: [now / 1000, '59'] }] } },
    });
    const range = { query: 'node_load1', start: String(now / 1000 - 50), end: String(now / 1000), step: '1' };
    const reply = await questions.ask({ ...questionOf('query_range', range), gzip: true }, signal);
    const parts: Uint8Array[] = [];
    for await (const part of reply.parts) parts.push(part);
    const bytes = Buffer.concat(parts);
    const text = (reply.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    expect((JSON.parse(text) as { data: { result: [{ values: unknown[] }] } }).data.result[0].values).toHaveLength(51);
    expect(await taken(await questions.ask({ ...questionOf('label_values', {}), label: 'instance' }, signal))).toMatchObject({
      body: { data: ['n1'] },
    });
    expect(await taken(await questions.ask(questionOf('series', { 'match[]': 'node_load1' }), signal))).toMatchObject({
      body: { data: [{ instance: 'n1' }] },
    });
    expect(noted.asked.map(({ route, failure }) => [route, failure])).toEqual(
      ['query', 'query_range', 'label_values', 'series'].map((route) => [route, undefined]),
    );
  });

  it('are refused as it refuses them', async () => {
    const { questions, noted } = await asking({ url: server.url });
    const reply = await taken(await questions.ask(questionOf('query', { query: 'sum by' }), signal));
    expect(reply).toMatchObject({ status: 422, body: { status: 'error' }, failure: 'execution' });
    expect(noted.asked).toMatchObject([{ route: 'query', failure: 'execution' }]);
  });

  it('are unavailable while it is away', async () => {
    const { questions } = await asking({ url: server.url });
    await taken(await questions.ask(questionOf('query', { query: '1' }), signal));
    await server.end();
    await expect(questions.ask(questionOf('query', { query: '1' }), signal)).rejects.toMatchObject({
      type: 'unavailable',
      message: `prometheus store ${server.url}: connection refused (ECONNREFUSED); start it`,
    });
    await server.restart();
    expect(await taken(await questions.ask(questionOf('query', { query: '1' }), signal))).toMatchObject({ status: 200 });
    expect([questions.running, questions.waiting]).toEqual([0, 0]);
  });
});

async function serverOf(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('questions to a server', () => {
  it('go where it answers them, with its headers, forms as forms', async () => {
    const seen: unknown[] = [];
    const url = await serverOf((request, response) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => {
        const { 'x-scope-orgid': tenant, 'content-type': type } = request.headers;
        seen.push({ method: request.method, url: request.url, tenant, type, body });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    const { questions } = await asking({ url: 'http://127.0.0.1:1', query_url: `${url}/select/0/`, headers: { 'X-Scope-OrgID': 'lab' } });
    await taken(await questions.ask({ ...questionOf('query', { a: 'b c' }), form: new TextEncoder().encode('query=up') }, signal));
    await taken(await questions.ask({ ...questionOf('label_values', {}), label: 'a/b' }, signal));
    expect(seen).toEqual([
      { method: 'POST', url: '/select/0/api/v1/query?a=b+c', tenant: 'lab', type: 'application/x-www-form-urlencoded', body: 'query=up' },
      { method: 'GET', url: '/select/0/api/v1/label/a%2Fb/values', tenant: 'lab', type: undefined, body: '' },
    ]);
  });

  it('end with their asker', async () => {
    const aborter = new AbortController();
    const server = new EventEmitter();
    const left = once(server, 'left');
    const url = await serverOf((request) => {
      request.socket.once('close', () => server.emit('left'));
      aborter.abort(new QueryError('canceled', 'gone'));
    });
    const { questions, noted } = await asking({ url });
    await expect(questions.ask(questionOf('query', {}), aborter.signal)).rejects.toThrow('gone');
    expect([noted.asked, questions.running]).toMatchObject([[{ failure: 'canceled' }], 0]);
    await left;
  });

  it('are failed where their answer is cut', async () => {
    const url = await serverOf((_request, response) => {
      response.writeHead(200).write('{"status":');
      setImmediate(() => response.destroy());
    });
    const { questions, noted } = await asking({ url });
    await expect(questions.ask(questionOf('query', {}), signal).then(taken)).rejects.toMatchObject({ type: 'unavailable' });
    expect([noted.asked, questions.running]).toMatchObject([[{ failure: 'unavailable' }], 0]);
  });
});
