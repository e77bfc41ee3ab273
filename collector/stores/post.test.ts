import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../agent/contract/errors.ts';
import { freePort } from '../../test/services/free-port.ts';
import { connections } from './post.ts';
import type { Connections } from './post.ts';

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** A server on a free port, and its open connections. */
async function serve(listener: RequestListener): Promise<{ readonly url: URL; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer(listener).on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(() => server.close().closeAllConnections());
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/write`), sockets };
}

function open(deadlineMs = 10_000): Connections {
  const server = connections({ most: 2, deadlineMs });
  ended.push(() => server.close());
  return server;
}

const post = (url: URL, ...body: string[]) => ({ method: 'POST', url, headers: {}, body: body.map((part) => Buffer.from(part)) }) as const;
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

describe('connections to a server', () => {
  it('send parts as one body and give the answer back', async () => {
    const { url } = await serve((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (part: string) => (body += part));
      request.on('end', () => response.writeHead(202, { 'x-seen': request.headers['content-length'] ?? '' }).end(body.toUpperCase()));
    });
    expect(await open().send(post(url, 'a v=1\n', 'b v=2\n'), signal())).toMatchObject({
      status: 202,
      text: 'A V=1\nB V=2\n',
      headers: { 'x-seen': '12' },
    });
  });

  it('are kept, and one that the server has closed meanwhile costs nothing', async () => {
    const { url, sockets } = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(204).end());
    });
    const server = open();
    for (let at = 0; at < 5; at++) await server.send(post(url, 'a'), signal());
    expect(sockets.size).toBe(1);
    // Reset under the very next request, as a restarted server does to a client that has not looked yet.
    for (const socket of sockets) socket.resetAndDestroy();
    expect(await server.send(post(url, 'b'), signal())).toMatchObject({ status: 204 });
  });

  it('wait no longer for an answer than they are told', async () => {
    const { url } = await serve((request) => void request.resume());
    await expect(open(30).send(post(url, 'a'), signal())).rejects.toMatchObject({
      name: 'Transient',
      cause: { message: 'no answer within 0.03 s' },
    });
  });

  it('wait no longer for the end of an answer either', async () => {
    const { url } = await serve((request, response) => void request.resume().on('end', () => response.writeHead(200).write('a')));
    await expect(open(30).send(post(url, 'a'), signal())).rejects.toMatchObject({ name: 'Transient' });
  });

  it('keep only the beginning of an endless answer', async () => {
    const { url } = await serve((request, response) => void request.resume().on('end', () => response.end(Buffer.alloc(1_000_000, 'x'))));
    expect((await open().send(post(url, 'a'), signal())).text).toHaveLength(65_536);
  });

  it('say whom they could not reach and why', async () => {
    const url = new URL(`http://localhost:${await freePort()}/write?token=secret`);
    const said = await open()
      .send(post(url), signal())
      .then(() => '', messageOf);
    expect(said).toMatch(/^http:\/\/localhost:\d+: .*ECONNREFUSED/);
    expect(said).not.toContain('secret');
  });
});
