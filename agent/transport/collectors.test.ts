import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { Permanent, Transient } from '../contract/errors.ts';
import { openCollectors, writeUrl } from './collectors.ts';
import { retryAfter } from './post.ts';
import { startCollector } from './recording-collector.ts';
import type { RecordingCollector, Reply } from './recording-collector.ts';
import { PartlyStored } from './verdict.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function collector(reply: Reply = 204): Promise<RecordingCollector> {
  const started = await startCollector();
  started.reply = () => reply;
  open.push(started);
  return started;
}

function sending(urls: readonly string[], { token, time = { now: 0 } }: { token?: string; time?: { now: number } } = {}) {
  const collectors = openCollectors({ urls, agentId: '0123456789abcdef', token: () => token, monotonic: () => time.now });
  open.push(collectors);
  const send = (deadlineMs = 5000, signal = new AbortController().signal): Promise<void> =>
    collectors.send(gzipSync('m f=1 1\n'), deadlineMs, signal);
  return { collectors, send };
}

test('a batch is posted with its precision, encoding and agent, and nothing that is not needed', async () => {
  const server = await collector();
  await sending([server.url]).send();
  await sending([server.url], { token: 'secret' }).send();
  const [plain, signed] = server.received;
  expect(plain?.path).toBe('/write?precision=ms');
  expect(plain?.text).toBe('m f=1 1\n');
  expect(Object.keys(plain?.headers ?? {}).sort()).toEqual(['content-encoding', 'content-length', 'host', 'x-vigie-agent']);
  expect(signed?.headers.authorization).toBe('Bearer secret');
});

test('one connection carries one batch after the other', async () => {
  const server = await collector();
  const { send } = sending([server.url]);
  for (let batch = 0; batch < 5; batch++) await send();
  expect([server.stored.length, server.connections()]).toEqual([5, 1]);
});

test('a connection that the server closed while it was idle is replaced without a failure', async () => {
  const server = await collector();
  const { send } = sending([server.url]);
  await send();
  server.dropIdle();
  await send();
  expect([server.stored.length, server.connections()]).toEqual([2, 2]);
});

const never = [400, 413, 422];
const later = [200, 301, 302, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504];
for (const reply of never) {
  test(`${reply} is for good`, async () => {
    const server = await collector(reply);
    await expect(sending([server.url]).send()).rejects.toThrow(Permanent);
  });
}
for (const reply of later) {
  test(`${reply} keeps the batch`, async () => {
    const server = await collector(reply);
    await expect(sending([server.url]).send()).rejects.toThrow(Transient);
  });
}

test('a partial write is told from a refusal, with what the server said', async () => {
  const server = await collector({
    status: 400,
    body: `{"error":"partial write: points beyond retention policy dropped=1"}${'x'.repeat(1000)}`,
  });
  const error: unknown = await sending([server.url])
    .send()
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PartlyStored);
  expect((error as Error).message).toMatch(/^400 \{"error":"partial write: points/);
  expect((error as Error).message.length).toBeLessThanOrEqual(204);
});

test('the pause a server asks for is handed on', async () => {
  const server = await collector({ status: 503, headers: { 'Retry-After': '7' } });
  await expect(sending([server.url]).send()).rejects.toMatchObject({ retryAfterMs: 7000 });
  expect(retryAfter('Wed, 21 Oct 2015 07:28:05 GMT', Date.UTC(2015, 9, 21, 7, 28, 0))).toBe(5000);
  expect(retryAfter('soon', 0)).toBeUndefined();
});

test('a redirect is not followed', async () => {
  const other = await collector();
  const server = await collector({ status: 307, headers: { Location: `${other.url}/write` } });
  await expect(sending([server.url], { token: 'secret' }).send()).rejects.toThrow(/307/);
  expect(other.received).toHaveLength(0);
});

test('a server that does not answer costs the deadline and no more', async () => {
  const server = await collector('hang');
  await expect(sending([server.url]).send(50)).rejects.toThrow(/no answer within 0.05 s/);
});

test('a server that speaks no HTTP is an error of the moment', async () => {
  const server = createServer((socket) => void socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.2\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const { port } = server.address() as AddressInfo;
  await expect(sending([`http://127.0.0.1:${port}`]).send()).rejects.toThrow(Transient);
});

test('when a collector fails the next in the list is used, and the first again after five minutes', async () => {
  const first = await collector(503);
  const second = await collector();
  const time = { now: 0 };
  const { collectors, send } = sending([first.url, second.url], { time });
  await send();
  await send();
  expect([first.received.length, second.stored.length, collectors.current]).toEqual([1, 2, second.url]);
  first.reply = () => 204;
  time.now = 300_001;
  await send();
  expect([first.stored.length, second.stored.length, collectors.current]).toEqual([1, 2, first.url]);
});

test('when all fail the reason names the last', async () => {
  const first = await collector(503);
  const second = await collector(401);
  await expect(sending([first.url, second.url]).send()).rejects.toThrow(`${second.url}: 401`);
});

test('URLs keep their own path and parameters', () => {
  expect(writeUrl('http://c:9797').href).toBe('http://c:9797/write?precision=ms');
  expect(writeUrl('https://c/vigie/').href).toBe('https://c/vigie/write?precision=ms');
  expect(writeUrl('http://influx:8086/?db=vigie').href).toBe('http://influx:8086/write?db=vigie&precision=ms');
  expect(writeUrl('http://influx:8086/api/v2/write?org=o&bucket=b').href).toBe(
    'http://influx:8086/api/v2/write?org=o&bucket=b&precision=ms',
  );
});
