import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collector } from '../../collector/collector.ts';
import { exported, openCollector, post, residentMiB, startCollectorProgram, startProgram, temporaryFolder } from '../collector.ts';
import type { Running } from '../collector.ts';

describe('bad input', () => {
  const folder = temporaryFolder();
  let collector: Running & { readonly url: string };
  let token = '';
  let otherToken = '';

  beforeAll(async () => {
    const tokenOf = async (node: string): Promise<string> => {
      const program = startProgram('collector/cli/main.js', ['token', node, '--data', folder.path]);
      await new Promise((resolve) => program.child.once('close', resolve));
      return program.output().trim();
    };
    token = await tokenOf('good');
    otherToken = await tokenOf('bad');
    collector = await startCollectorProgram(folder.path);
  });
  afterAll(async () => {
    await collector.kill();
    folder.remove();
  });

  const bad = (body: string | Uint8Array, more: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string }> =>
    post(collector.url, body, { headers: { authorization: `Bearer ${otherToken}`, ...more } });
  const line = 'm,instance=bad v=1';

  it.each<[string, () => Promise<{ status: number; text: string }>, number, RegExp]>([
    [
      'garbage',
      () => bad(Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))),
      400,
      /partial write: \d+ lines? refused/,
    ],
    ['NaN', () => bad('m,instance=bad v=NaN'), 400, /line 1: \\"NaN\\" is not a number/],
    ['a gzip bomb of 1000:1', () => bad(gzipSync(Buffer.alloc(100 << 20, 'a')), { 'content-encoding': 'gzip' }), 413, /limits\.inflated/],
    [
      'a gzip bomb that lies about its size',
      () => bad(lying(gzipSync(Buffer.alloc(100 << 20, 'a'))), { 'content-encoding': 'gzip' }),
      413,
      /limits\.inflated/,
    ],
    [
      'a line of 10 MB',
      () => bad(gzipSync(`m,instance=bad ${'x'.repeat(10 << 20)}=1`), { 'content-encoding': 'gzip' }),
      400,
      /line 1: .*(limits\.line|no value)/,
    ],
    [
      'a string of 10 MB',
      () => bad(gzipSync(`m,instance=bad s="${'x'.repeat(10 << 20)}",v=1`), { 'content-encoding': 'gzip' }),
      400,
      /line 1: /,
    ],
    ['a body of 10 MB', () => bad(Buffer.alloc(10 << 20, `${line}\n`)), 413, /at most 8388608 are taken/],
    ['a label with a line break', () => bad('m,instance=bad,x=a\\\nb v=1'), 400, /refused/],
    ['a label that closes the braces', () => bad('m,instance=bad,x"}=1 v=1'), 400, /holds a quote, a brace/],
    ['a field that closes the line', () => bad('m,instance=bad v"}\\ 1=1'), 400, /holds a quote, a brace/],
    ['a node whose name closes the braces', () => bad('m,instance=bad"} v=1'), 400, /not made of letters/],
    ['another node', () => bad('m,instance=good v=1'), 403, /this token is for node bad, not for good/],
    ['a wrong token', () => bad(line, { authorization: 'Bearer vigie1.Z29vZA.AAAA' }), 401, /not one of this collector's/],
    ['no token', () => post(collector.url, line), 401, /a token is needed/],
    ['an unknown encoding', () => bad(line, { 'content-encoding': 'br' }), 415, /gzip or none/],
    ['text that says it is gzip', () => bad(line, { 'content-encoding': 'gzip' }), 400, /not gzip/],
    [
      'half a gzip',
      () => bad(gzipSync(line.repeat(1000)).subarray(0, 30), { 'content-encoding': 'gzip' }),
      400,
      /not gzip: unexpected end/,
    ],
    [
      'an unknown precision',
      () => post(collector.url, line, { path: '/write?precision=d', headers: { authorization: `Bearer ${otherToken}` } }),
      400,
      /precision=\\"d\\" is not known; send ns, us, ms, s, m or h/,
    ],
    ['the wrong method', async () => ({ status: (await fetch(`${collector.url}/write`)).status, text: '' }), 404, /^/],
  ])('is answered clearly: %s', async (_name, send, status, text) => {
    const answer = await send();
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(await (await fetch(`${collector.url}/healthz`)).text()).toBe('ok\n');
  });

  it('chunked and too long is answered before its end', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const posting = request(`${collector.url}/write`, { method: 'POST', headers: { authorization: `Bearer ${otherToken}` } });
      posting.once('response', (response) => resolve(response.statusCode));
      posting.once('error', reject);
      posting.write(Buffer.alloc(9 << 20, 'a'));
    });
    expect(status).toBe(413);
  });

  it('costs bounded memory, and loses nothing of what others send meanwhile', async () => {
    const bomb = gzipSync(Buffer.alloc(60 << 20, 'a'));
    const before = residentMiB(collector.pid);
    const wanted: number[] = [];
    let going = true;
    const others = (async () => {
      for (let at = 0; going; at++) {
        const time = Date.now() + at;
        const answer = await post(collector.url, `m,instance=good v=${at} ${time}\n`, { headers: { authorization: `Bearer ${token}` } });
        if (answer.status === 204) wanted.push(at);
        await pause(2);
      }
    })();
    let peak = before;
    for (let round = 0; round < 12; round++) {
      await Promise.all([
        bad(bomb, { 'content-encoding': 'gzip' }),
        bad(Buffer.alloc(4 << 20, 'x y\n')),
        bad(Buffer.from('a,instance=bad,x"}=1 v=1\n'.repeat(20_000))),
      ]);
      peak = Math.max(peak, residentMiB(collector.pid));
    }
    going = false;
    await others;
    const growth = residentMiB(collector.pid) - before;
    console.log(`resident before ${before.toFixed(0)} MiB, at most ${peak.toFixed(0)} MiB, grown by ${growth.toFixed(0)} MiB`);
    expect(growth).toBeLessThan(64 + 64);
    const [series] = await exported(collector.url, 'm_v{instance="good"}');
    expect(wanted.length).toBeGreaterThan(20);
    expect(series?.values).toEqual(wanted);
  });

  it('that comes drop by drop keeps nobody waiting', async () => {
    const { hostname, port } = new URL(collector.url);
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => socket.destroy());
      socket.write(`POST /write HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${otherToken}\r\ncontent-length: 8000000\r\n\r\nm,`);
      return socket;
    });
    const start = performance.now();
    const answer = await post(collector.url, `slow,instance=good v=1 ${Date.now()}\n`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(204);
    expect(performance.now() - start).toBeLessThan(5000);
    for (const socket of sockets) socket.destroy();
  });
});

function lying(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  copy.writeUInt32LE(10, copy.length - 4);
  return copy;
}

function claim(url: string, agent: string): ReturnType<typeof post> {
  return post(url, `m,instance=claimed v=1 ${Date.now()}\n`, { headers: { 'x-vigie-agent': agent } });
}

describe('good input', () => {
  const folder = temporaryFolder();
  let collector: Collector;
  beforeAll(async () => {
    collector = await openCollector(folder.path);
  });
  afterAll(async () => {
    await collector.close();
    folder.remove();
  });

  it('of one node comes from one agent: the second is answered 409 with the reason', async () => {
    expect((await claim(collector.url, 'one')).status).toBe(204);
    const second = await claim(collector.url, 'two');
    expect([second.status, second.text, second.headers.get('retry-after')]).toEqual([
      409,
      expect.stringContaining('give one of them another name with instance:'),
      '10',
    ]);
    expect((await claim(collector.url, 'one')).status).toBe(204);
  });

  it('in every way of writing it is stored once', async () => {
    const now = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const ways: [string, string | Buffer, Record<string, string>][] = [
      ['/write', `${now}000000`, {}],
      ['/write?precision=n', `${now}000000`, {}],
      ['/write?precision=u', `${now}000`, {}],
      ['/write?precision=ms', `${now}`, {}],
      ['/write?precision=s', `${now / 1000}`, {}],
      ['/write?precision=m', `${now / 60_000}`, {}],
      ['/write?precision=h', `${now / 3_600_000}`, {}],
      ['/api/v2/write?bucket=b&org=o&precision=us', `${now}000`, {}],
      ['/write?precision=ms&db=x&u=a&p=b', gzipSync(`ways,instance=w v=7 ${now}\n`), { 'content-encoding': 'gzip' }],
      [
        '/write?precision=ms',
        Buffer.concat([gzipSync(`ways,instance=w v=7 ${now}\n`), gzipSync(`ways,instance=w w=8 ${now}\n`)]),
        { 'content-encoding': 'gzip' },
      ],
    ];
    for (const [path, time, headers] of ways) {
      const body = typeof time === 'string' ? `ways,instance=w v=7 ${time}` : time;
      expect([path, (await post(collector.url, body, { path, headers })).status]).toEqual([path, 204]);
    }
    expect(await exported(collector.url, 'ways_v')).toEqual([
      { metric: { __name__: 'ways_v', instance: 'w' }, values: [7], timestamps: [now] },
    ]);
    expect(await exported(collector.url, 'ways_w')).toHaveLength(1);
  });

  it('without times is another reading each time, though it be the same text', async () => {
    for (let round = 0; round < 3; round++) {
      expect((await post(collector.url, 'timeless,instance=w v=7')).status).toBe(204);
      await pause(5);
    }
    expect((await exported(collector.url, 'timeless_v'))[0]?.values).toEqual([7, 7, 7]);
  });

  it('under another precision is another batch, though it be the same text', async () => {
    const time = Math.floor(Date.now() / 1000);
    expect((await post(collector.url, `m,instance=p v=1 ${time}\n`, { path: '/write?precision=s' })).status).toBe(204);
    expect((await post(collector.url, `m,instance=p v=1 ${time}\n`, { path: '/write?precision=ms' })).status).toBe(400);
  });

  it('with some bad lines is kept but for those, which are named', async () => {
    const now = Date.now();
    const answer = await post(
      collector.url,
      `m,instance=mixed v=1 ${now}\nnonsense\nm,instance=mixed v=2 ${now + 3_600_000}\nm,instance=mixed v=3 ${now + 1}\n`,
    );
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(
      /partial write: 2 lines refused, the rest is stored: line 2: it has no fields \(a right line: [^)]*\); line 3: its time is 3600 s ahead/,
    );
    expect((await exported(collector.url, 'm_v{instance="mixed"}'))[0]?.values).toEqual([1, 3]);
  });

  it('of a newer agent, with metrics nobody declared here, is stored and exposed', async () => {
    expect((await post(collector.url, `npu,instance=new,npu=0 warp_factor_ratio=0.9 ${Date.now()}\n`)).status).toBe(204);
    const text = await (await fetch(`${collector.url}/metrics/new`)).text();
    expect(text).toContain('# TYPE npu_warp_factor_ratio untyped\nnpu_warp_factor_ratio{instance="new",npu="0"} 0.9\n');
  });

  it('in many small posts at once shares commits, and each is stored', async () => {
    const now = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, at) => post(collector.url, `many,instance=n${at % 50} v=${at} ${now + at}\n`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const series = await exported(collector.url, 'many_v');
    expect(series.flatMap(({ values }) => values).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, at) => at));
  });
});
