import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../agent/contract/errors.ts';
import { HttpFault } from '../http-fault.ts';
import { budgetOf, readBody } from './body.ts';

const limits = { body: 1 << 20, inflated: 4 << 20 };
const budget = budgetOf(16 << 20);

describe('a body', () => {
  let server: Server;
  let url = '';
  const outcomes: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const body = await readBody(request, limits, budget);
      outcomes.push('read');
      // Others are read while this one is held.
      await new Promise(setImmediate);
      response.end(body.text.toString());
      body.release();
    } catch (error) {
      outcomes.push(messageOf(error));
      response.writeHead(error instanceof HttpFault ? error.status : 500, { connection: 'close' }).end(messageOf(error));
      request.resume();
    }
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      void answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const send = async (body: Uint8Array, encoding = 'gzip'): Promise<[number, string]> => {
    const answered = await fetch(url, { method: 'POST', body: new Uint8Array(body), headers: { 'content-encoding': encoding } });
    return [answered.status, await answered.text()];
  };
  const text = 'm,instance=a v=1\n'.repeat(100);

  it.each([
    ['as it is', Buffer.from(text), 'identity', text],
    ['packed', gzipSync(text), 'gzip', text],
    ['packed in several members', Buffer.concat([gzipSync(text), gzipSync('x'), gzipSync(text)]), 'gzip', `${text}x${text}`],
    ['packed, long', gzipSync(text.repeat(2000)), 'gzip', text.repeat(2000)],
    ['packed, of nothing', gzipSync(''), 'gzip', ''],
    ['empty', Buffer.alloc(0), 'identity', ''],
  ])('comes out whole: %s', async (_way, body, encoding, wanted) => {
    const [status, read] = await send(body, encoding);
    expect([status, read === wanted]).toEqual([200, true]);
  });

  it.each([
    ['too long', Buffer.alloc((1 << 20) + 1), 'identity', 413],
    ['a bomb', gzipSync(Buffer.alloc(100 << 20)), 'gzip', 413],
    ['a bomb that says it is small', withSize(gzipSync(Buffer.alloc(100 << 20)), 5), 'gzip', 413],
    ['a bomb behind a small member', Buffer.concat([gzipSync(Buffer.alloc(100 << 20)), gzipSync('x')]), 'gzip', 413],
    ['packed and cut', gzipSync(text.repeat(10)).subarray(0, 40), 'gzip', 400],
    ['no gzip', Buffer.from(text), 'gzip', 400],
    ['of a wrong checksum', Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]), 'gzip', 400],
    ['of a lying size', withSize(gzipSync(text), 3), 'gzip', 400],
    ['nothing, said to be packed', Buffer.alloc(0), 'gzip', 400],
    ['packed otherwise', Buffer.from(text), 'zstd', 415],
  ])('is refused: %s', async (_way, body, encoding, wanted) => {
    const [status, reason] = await send(body, encoding);
    expect([status, reason]).toEqual([wanted, expect.any(String)]);
  });

  it('keeps its text until it is released, whatever comes meanwhile', async () => {
    const bodies = Array.from({ length: 40 }, (_, at) => `m,instance=n${at} v=${at}\n`.repeat(1000 + at));
    const answers = await Promise.all(bodies.map((one, at) => (at % 7 === 3 ? send(Buffer.from('no gzip')) : send(gzipSync(one)))));
    expect(answers.map(([status, read], at) => (status === 200 ? read === bodies[at] : at % 7 === 3 && status === 400))).toEqual(
      bodies.map(() => true),
    );
  });

  it('that ends early costs nothing once it is gone', async () => {
    const before = outcomes.length;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf');
    await expect.poll(() => budget.used).toBe(4);
    socket.destroy();
    await expect.poll(() => outcomes.slice(before)).toEqual(['the body ended early']);
  });

  it('gives back all the memory it took, however it ended', () => {
    expect(budget.used).toBe(0);
  });

  it('is turned away with a time to come again where memory is short', () => {
    const small = budgetOf(10);
    small.take(8);
    expect(() => small.take(3)).toThrow(expect.objectContaining({ status: 503, retryAfter: 1 }));
    small.give(8);
    small.take(10);
  });
});

function withSize(packed: Buffer, size: number): Buffer {
  const copy = Buffer.from(packed);
  copy.writeUInt32LE(size, copy.length - 4);
  return copy;
}
