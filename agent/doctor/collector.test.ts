import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { readAgentConfig } from '../config.ts';
import { examineCollectors } from './collector.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-doctor-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const look = (document: object) => examineCollectors(readAgentConfig([], document, 'test', {}), systemClock);

test('a collector that answers is fine, and the clocks agree', async () => {
  const asked: string[] = [];
  const collector = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(204, { 'x-influxdb-version': 'vigie-1.0.0' }).end();
  });
  expect(await look({ collector: `${collector}/base/` })).toEqual([
    { state: 'ok', name: 'collector', why: `${collector}/base answers (vigie-1.0.0)` },
    { state: 'ok', name: 'clock', why: `agrees with that of ${collector}/base` },
  ]);
  expect(asked).toEqual(['GET /base/ping', 'POST /base/write?precision=ms']);
});

test.each([
  ['ahead of', 60_000],
  ['behind', -60_000],
])("a node whose clock is %s the collector's says by how much", async (way, by) => {
  const collector = await serve((_, response) => response.writeHead(204, { Date: new Date(Date.now() - by).toUTCString() }).end());
  const [, clock] = await look({ collector });
  expect(clock).toMatchObject({ state: 'broken', why: expect.stringMatching(new RegExp(`^(59|60|61) s ${way} `)) as string });
});

test('a collector that refuses the token, or needs one where there is none, is broken', async () => {
  const collector = await serve((request, response) => response.writeHead(request.method === 'POST' ? 401 : 204).end());
  const file = join(folder(), 'token');
  writeFileSync(file, 'wrong\n');
  expect(await look({ collector, token_file: file })).toContainEqual(
    expect.objectContaining({ state: 'broken', name: 'token', why: `${collector} does not take the token` }),
  );
  expect(await look({ collector })).toContainEqual(
    expect.objectContaining({ state: 'broken', why: `${collector} needs a token, and none is configured` }),
  );
});

test('a collector that is not there is broken, another beside it is not; secrets in URLs are not shown', async () => {
  const collector = await serve((_, response) => response.writeHead(204).end());
  const rows = await look({ collector: ['http://user:secret@127.0.0.1:9', collector] });
  expect(rows.map(({ state }) => state)).toEqual(['broken', 'ok', 'ok']);
  expect(rows[0]).toMatchObject({
    why: expect.stringContaining('ECONNREFUSED') as string,
    fix: expect.stringContaining('port 9') as string,
  });
  expect(JSON.stringify(rows)).not.toContain('secret');
});

test('what is no collector is broken', async () => {
  const collector = await serve((_, response) => response.writeHead(404).end());
  expect(await look({ collector })).toMatchObject([{ state: 'broken', why: expect.stringContaining('404') as string }]);
});
