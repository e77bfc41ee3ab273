import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../agent/contract/errors.ts';
import { batchOf } from '../../../test/batch.ts';
import { openStore } from '../../../test/open-store.ts';
import { generationOf } from './generation.ts';
import kind from './index.ts';

// Debian has neither 2.x nor 3, so a server here answers as their references say: docs.influxdata.com/influxdb/v2/api
// (POST /api/v2/write, /ping) and docs.influxdata.com/influxdb3/core/write-data/http-api/compatibility-apis.
interface Known {
  readonly version: string;
  readonly authorization: string;
  readonly bucket: string;
  readonly org: string | undefined;
}

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

let server: Server;
let url: string;
let dir: string;
let token_file: string;
let known: Known;
/** What a request is answered before anything else, once. */
let first: ((response: ServerResponse) => void) | undefined;
let stored: string[];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-secret-'));
  token_file = join(dir, 'token');
  writeFileSync(token_file, 's3cret==\n');
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  stored = [];
  first = undefined;
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', url);
  const say = (status: number, code: string, message: string): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, message }));
  };
  response.setHeader('x-influxdb-version', known.version);
  if (pathname === '/ping') {
    response.writeHead(204).end();
    return;
  }
  if (request.method !== 'POST' || pathname !== '/api/v2/write') {
    say(404, 'not found', 'path not found');
    return;
  }
  if (first !== undefined && body.length > 0) {
    const once = first;
    first = undefined;
    once(response);
    return;
  }
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  if (request.headers.authorization !== known.authorization) say(401, 'unauthorized', 'unauthorized access');
  else if ((searchParams.get('org') ?? undefined) !== known.org) say(404, 'not found', 'organization name not found');
  else if (searchParams.get('bucket') !== known.bucket) say(404, 'not found', `bucket "${searchParams.get('bucket')}" not found`);
  else if (searchParams.get('precision') !== 'ms') say(400, 'invalid', 'wrong precision');
  else if (text === '') say(400, 'invalid', 'writing requires points');
  else if (text.includes('bad')) say(400, 'invalid', "unable to parse 'bad': missing fields");
  else {
    stored.push(...text.trimEnd().split('\n'));
    response.writeHead(204).end();
  }
}

describe.each([
  {
    name: '2.x',
    known: { version: 'v2.7.11', authorization: 'Token s3cret==', bucket: 'raw', org: 'lab & co' },
    options: { org: 'lab & co', bucket: 'raw' },
  },
  { name: '3', known: { version: '3.0.1', authorization: 'Bearer s3cret==', bucket: 'vigie', org: undefined }, options: {} },
])('the influxdb store on a server that answers as InfluxDB $name', (its) => {
  let open: Awaited<ReturnType<typeof openStore>>;

  beforeEach(async () => {
    ({ known } = its);
    open = await openStore(kind, { url, token_file, ...its.options });
  });
  afterEach(() => open.store.close(signal()));

  it('finds out which one it is and writes with its token, in milliseconds', async () => {
    await Promise.all([1, 2, 3].map((value) => open.store.write(batchOf([`m v=${value} ${value}`]), signal())));
    expect(stored).toEqual(['m v=1 1', 'm v=2 2', 'm v=3 3']);
    expect(open.store.trouble()).toBeUndefined();
  });

  it('tells the batch with the bad line of it, and stores the others', async () => {
    const lines = ['m v=1 1', 'm v=2 2', 'bad', 'm v=4 4'];
    const ends = await Promise.allSettled(lines.map((line) => open.store.write(batchOf([line]), signal())));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(ends[2]).toMatchObject({ reason: { name: 'Permanent', message: expect.stringMatching(/answered 400: unable to parse 'bad'/) } });
    expect(stored.sort()).toEqual(['m v=1 1', 'm v=2 2', 'm v=4 4']);
  });

  it('passes on how long the server wants to be left alone', async () => {
    first = (response) => void response.writeHead(429, { 'retry-after': '7' }).end();
    await expect(open.store.write(batchOf(['m v=1 1']), signal())).rejects.toMatchObject({ name: 'Transient', retryAfterMs: 7000 });
    expect(open.store.trouble()).toMatch(/answered 429/);
    await open.store.write(batchOf(['m v=1 1']), signal());
    expect(open.store.trouble()).toBeUndefined();
  });

  it('takes a proxy page for no verdict on the lines', async () => {
    first = (response) => void response.writeHead(400).end('<html><h1>400 Bad Request</h1></html>');
    await expect(open.store.write(batchOf(['m v=1 1']), signal())).rejects.toMatchObject({ name: 'Transient' });
  });

  it('comes again where the connection is cut before the answer', async () => {
    first = (response) => void response.destroy();
    const cut = open.store.write(batchOf(['m v=1 1']), signal());
    // On a connection that had served before, the store itself sends once more.
    await expect(cut.then(() => 'stored', messageOf)).resolves.toMatch(/stored|socket hang up/);
    await open.store.write(batchOf(['m v=1 1']), signal());
    expect(new Set(stored)).toEqual(new Set(['m v=1 1']));
  });

  it('keeps batches while bucket or token are unknown there, and says so', async () => {
    known = { ...its.known, bucket: 'not made yet' };
    await expect(open.store.write(batchOf(['m v=1 1']), signal())).rejects.toMatchObject({ name: 'Transient' });
    expect(open.store.trouble()).toMatch(/answered 404: bucket ".*" not found/);
    known = { ...its.known, authorization: 'Token other' };
    await expect(open.store.write(batchOf(['m v=1 1']), signal())).rejects.toMatchObject({ name: 'Transient' });
    expect(open.store.trouble()).toMatch(/answered 401: unauthorized access/);
  });
});

describe('the influxdb store', () => {
  it('says what an InfluxDB 2 lacks in the configuration', async () => {
    known = { version: 'v2.7.11', authorization: 'Token s3cret==', bucket: 'raw', org: 'lab' };
    const { store } = await openStore(kind, { url, token_file });
    await expect(store.write(batchOf(['m v=1 1']), signal())).rejects.toThrow('needs stores.influxdb.org');
    await store.close(signal());
    await expect(openStore(kind, { url, version: 2 })).rejects.toThrow('stores.influxdb.org');
  });

  it('refuses at once a secret that it cannot read, and a user in the URL', async () => {
    await expect(openStore(kind, { url, token_file: join(dir, 'nobody') })).rejects.toThrow('stores.influxdb.token_file');
    await expect(openStore(kind, { url: 'http://root:root@influx:8086' })).rejects.toThrow('there is a user in the URL');
  });

  it('knows generations by the versions they send', () => {
    expect(['1.6.7~rc0', '1.8.0', 'v2.7.1', '2.0.9', '3.0.1', 'vertical', undefined].map(generationOf)).toEqual([
      '1',
      '1',
      '2',
      '2',
      '3',
      undefined,
      undefined,
    ]);
  });
});
