import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { pack } from './pack.ts';
import type { Packed } from './pack.ts';

async function taken(packed: Packed): Promise<{ readonly parts: number; readonly bytes: Buffer }> {
  const parts: Uint8Array[] = [];
  for await (const part of packed.parts) {
    // As a message to another thread does it.
    parts.push(structuredClone(part, { transfer: [part.buffer] }));
  }
  return { parts: parts.length, bytes: Buffer.concat(parts) };
}

function* manyPieces(): Generator<string> {
  for (let at = 0; at < 40_000; at++) yield `piece ${at}, é€😀;`;
}

function* failing(): Generator<string> {
  for (let at = 0; at < 50; at++) yield 'x'.repeat(16_384);
  throw new Error('torn');
}

it.each([false, true])('gives a long text in parts, gzip %s', async (gzip) => {
  const packed = await pack(manyPieces(), gzip);
  expect([packed.gzip, packed.length]).toEqual([gzip, undefined]);
  const { parts, bytes } = await taken(packed);
  expect(parts).toBeGreaterThan(1);
  expect((gzip ? gunzipSync(bytes) : bytes).toString()).toBe([...manyPieces()].join(''));
});

it.each([false, true])('splits a piece that is longer than a part, but never a character, gzip %s', async (gzip) => {
  const text = `x${'😀'.repeat(200_000)}`;
  const { bytes } = await taken(await pack([text], gzip));
  expect((gzip ? gunzipSync(bytes) : bytes).toString()).toBe(text);
});

it('says how long a short text is, and packs it only where that is worth it', async () => {
  const short = await pack(['[', ']'], true);
  expect([short.gzip, short.length, (await taken(short)).bytes.toString()]).toEqual([false, 2, '[]']);
  const longer = await pack(['x'.repeat(5000)], true);
  const { bytes } = await taken(longer);
  expect([longer.gzip, longer.length, gunzipSync(bytes).length]).toEqual([true, bytes.length, 5000]);
  expect((await taken(await pack([], true))).bytes.length).toBe(0);
});

it.each([false, true])('makes no more of a text whose taker has gone, gzip %s', async (gzip) => {
  let made = 0;
  const counted = function* (): Generator<string> {
    for (; ; made++) yield 'x'.repeat(16_384);
  };
  for await (const part of (await pack(counted(), gzip)).parts) if (part.length > 0) break;
  const soon = made;
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  expect(made - soon).toBeLessThan(40);
});

it.each([false, true])('fails where the text does, gzip %s', async (gzip) => {
  await expect(pack(failing(), gzip).then(taken)).rejects.toThrow('torn');
});

it.each([false, true])('copies bytes that somebody else writes over in the meantime, gzip %s', async (gzip) => {
  const shared = new Uint8Array(100_000);
  const filled = function* (): Generator<Uint8Array> {
    for (let at = 0; at < 20; at++) yield shared.fill(0x61 + at);
  };
  const packed = await pack(filled(), gzip);
  const parts: Uint8Array[] = [];
  for await (const part of packed.parts) {
    shared.fill(0);
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const wanted = Array.from({ length: 20 }, (_, at) => String.fromCharCode(0x61 + at).repeat(100_000)).join('');
  expect((gzip ? gunzipSync(bytes) : bytes).toString() === wanted).toBe(true);
});
