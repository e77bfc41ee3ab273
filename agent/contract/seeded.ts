/** Random numbers of [0, 1) that come again for the same seed (mulberry32), for tests that try many inputs. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const bits = new DataView(new ArrayBuffer(8));

/** A finite double: any bits, or a number of the kinds that metrics are made of. */
export function randomDouble(random: () => number): number {
  const kind = Math.floor(random() * 5);
  if (kind === 0) return Math.floor(random() * 2 ** 53) * (random() < 0.5 ? 1 : -1);
  if (kind === 1) return Math.round(random() * 1e9) / 10 ** Math.floor(random() * 10);
  if (kind === 2) return random();
  bits.setUint32(0, Math.floor(random() * 2 ** 32));
  bits.setUint32(4, Math.floor(random() * 2 ** 32));
  const value = bits.getFloat64(0);
  return Number.isFinite(value) ? value : randomDouble(random);
}
