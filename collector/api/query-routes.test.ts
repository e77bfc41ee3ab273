import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions, Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NOW, openMade } from '../../test/query/open-made.ts';
import type { Opened } from '../../test/query/open-made.ts';
import { queryRoutes } from './query-routes.ts';

const BODY = 65_536;

let opened: Opened;
let server: Server;
let url: string;
beforeAll(async () => {
  opened = openMade();
  const app = express();
  app.set('query parser', 'simple');
  app.use(queryRoutes({ questions: opened.questions, body: BODY, now: () => NOW }));
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await opened.questions.close();
});

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

// Not fetch, which unpacks.
async function get(path: string, options: RequestOptions = {}, body?: string): Promise<Got> {
  const sent = request(url + path, { method: body === undefined ? 'GET' : 'POST', ...options });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & { statusCode: number; headers: IncomingHttpHeaders }];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) };
}

const json = async (path: string, options?: RequestOptions, body?: string): Promise<unknown> =>
  JSON.parse((await get(path, options, body)).bytes.toString());
const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };

it('asks by GET and by form', async () => {
  const answer = { status: 'success', data: { result: [{ metric: { job: 'a' } }, { metric: { job: 'b' } }] } };
  expect(await json('/api/v1/query?query=up')).toMatchObject(answer);
  expect(await json('/api/v1/query', form, 'query=up')).toMatchObject(answer);
  expect(await json('/api/v1/query?query=nothing', form, 'query=up')).toMatchObject(answer);
  expect(await json('/api/v1/query', { headers: { 'content-type': 'text/plain' } }, 'query=up')).toMatchObject({ errorType: 'bad_data' });
  expect(await json('/api/v1/query_range', form, `query=up&start=${NOW / 1000 - 60}&end=${NOW / 1000}&step=15s`)).toMatchObject({
    data: { resultType: 'matrix' },
  });
  expect(await json('/api/v1/series?match[]=up%7Bjob%3D%22a%22%7D&match[]=nothing')).toMatchObject({ data: [{ job: 'a' }] });
  expect(await json('/api/v1/series', form, 'match[]=up')).toMatchObject({ data: [{ job: 'a' }, { job: 'b' }] });
  expect(await json('/api/v1/labels', form, '')).toMatchObject({ data: ['__name__', 'job'] });
  expect(await json('/api/v1/label/job/values')).toMatchObject({ data: ['a', 'b'] });
  expect(await json('/api/v1/label/%6aob/values?match[]=up')).toMatchObject({ data: ['a', 'b'] });
  expect(await json('/api/v1/format_query?query=sum(up)by(job)')).toMatchObject({ data: 'sum by (job) (up)' });
});

it('says what kind of body it is, how long it is, and that it is not to be kept', async () => {
  const { status, headers, bytes } = await get('/api/v1/query?query=1');
  expect([status, headers]).toMatchObject([
    200,
    { 'content-type': 'application/json', 'content-length': String(bytes.length), 'cache-control': 'no-store' },
  ]);
  const failed = await get('/api/v1/query?query=(');
  expect([failed.status, failed.headers]).toMatchObject([
    400,
    { 'content-type': 'application/json', 'content-length': String(failed.bytes.length) },
  ]);
});

const range = `/api/v1/query_range?query=many&start=${NOW / 1000 - 10_000}&end=${NOW / 1000}&step=100`;

it('streams what is large, packed where that is accepted', async () => {
  const plain = await get(range);
  expect([plain.headers['content-length'], plain.headers['transfer-encoding'], plain.headers['content-encoding']]).toEqual([
    undefined,
    'chunked',
    undefined,
  ]);
  const packed = await get(range, { headers: { 'accept-encoding': 'gzip' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
  const { data } = JSON.parse(gunzipSync(packed.bytes).toString()) as { data: { result: unknown[] } };
  expect(data.result).toHaveLength(2000);
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
});

it('refuses a body that is too long before it has come, and listens to the next request', async () => {
  const long = `query=${'('.repeat(BODY)}`;
  for (const chunked of [false, true]) {
    const options = chunked ? { headers: { ...form.headers, 'transfer-encoding': 'chunked' } } : form;
    const { status, bytes } = await get('/api/v1/query', options, long);
    expect([status, JSON.parse(bytes.toString())]).toMatchObject([
      400,
      { status: 'error', errorType: 'bad_data', error: expect.stringContaining('(query.body)') as string },
    ]);
  }
  expect(await json('/api/v1/query?query=1')).toMatchObject({ status: 'success' });
});

it('answers a question of a hundred megabytes without taking them', async () => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const head = `POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 104857600\r\n\r\nquery=`;
  socket.write(head + '('.repeat(1000));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"errorType":"bad_data"/);
  socket.destroy();
});

it.each([
  ['before it is answered', '/api/v1/query?query=hang', async () => await expect.poll(() => opened.questions.running).toBe(1)],
  ['while it is answered', range.replace('step=100', 'step=10'), (socket: Socket) => once(socket, 'data').then(() => socket.pause())],
])('ends a question whose asker goes %s', async (_when, path, until) => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await until(socket);
  socket.destroy();
  await expect.poll(() => opened.questions.running).toBe(0);
  expect(opened.noted.asked.at(-1)?.failure).toBe('canceled');
});
