import { describe, expect, it } from 'vitest';
import { Permanent, Transient } from '../../agent/contract/errors.ts';
import { batchOf } from '../../test/batch.ts';
import type { Store } from '../stores/store.ts';
import { delivery } from './deliver.ts';

interface Fake extends Store {
  written: number;
  answer: Error | undefined;
  hold: Promise<void> | undefined;
}

function fake(name: string): Fake {
  const store: Fake = {
    name,
    written: 0,
    answer: undefined,
    hold: undefined,
    async write() {
      await store.hold;
      if (store.answer !== undefined) throw store.answer;
      store.written++;
    },
    trouble: () => undefined,
    close: () => Promise.resolve(),
  };
  return store;
}

function held(): { readonly promise: Promise<void>; readonly free: () => void } {
  const ends: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => void ends.push(resolve));
  return { promise, free: () => ends[0]?.() };
}

function stand(...destinations: readonly (readonly [Fake, boolean])[]) {
  const events: string[] = [];
  const deliver = delivery(
    destinations.map(([store, required]) => ({ store, required })),
    {
      written: (store, rows) => void events.push(`${store} wrote ${rows}`),
      failed: (store, reason) => void events.push(`${store} ${reason}`),
      dropped: (store, rows) => void events.push(`${store} dropped ${rows}`),
    },
  );
  return { events, send: (digest?: string) => deliver.deliver(batchOf(['m v=1']), digest, AbortSignal.timeout(5000)) };
}

describe('a batch', () => {
  it('is stored once every required store has it', async () => {
    const [a, b] = [fake('a'), fake('b')];
    const { promise, free } = held();
    b.hold = promise;
    const { send } = stand([a, true], [b, true]);
    const order: string[] = [];
    const sent = send('x').then(() => order.push('sent'));
    await new Promise(setImmediate);
    order.push('b free');
    free();
    await sent;
    expect(order).toEqual(['b free', 'sent']);
  });

  it('that comes again goes only to the store that misses it', async () => {
    const [a, b] = [fake('a'), fake('b')];
    const { send, events } = stand([a, true], [b, true]);
    b.answer = new Error('its disk is full');
    await expect(send('x')).rejects.toThrow(Transient);
    b.answer = undefined;
    await send('x');
    await send('x');
    expect([a.written, b.written]).toEqual([1, 1]);
    expect(events).toEqual(['a wrote 0', 'b transient', 'b wrote 0']);
  });

  it('without a digest goes to all, each time', async () => {
    const a = fake('a');
    const { send } = stand([a, true]);
    await send();
    await send();
    expect(a.written).toBe(2);
  });

  it('that a store refuses for good counts as stored, and its sender is told what was refused', async () => {
    const [a, b] = [fake('a'), fake('b')];
    b.answer = new Permanent('field type conflict');
    const { send, events } = stand([a, true], [b, true]);
    expect(await send('x')).toEqual(['b: field type conflict']);
    expect(await send('x')).toEqual([]);
    expect(events).toContain('b permanent');
  });

  it('does not wait for a best-effort store, and what that loses is counted', async () => {
    const [a, b] = [fake('a'), fake('b')];
    const { promise, free } = held();
    b.hold = promise;
    const { send, events } = stand([a, true], [b, false]);
    for (let at = 0; at < 300; at++) await send(`x${at}`);
    expect([a.written, b.written, events.filter((event) => event === 'b dropped 0').length]).toEqual([300, 0, 300 - 256]);
    b.answer = new Error('gone');
    free();
    await expect.poll(() => events.filter((event) => event === 'b dropped 0').length).toBe(300);
    b.answer = undefined;
    await send('x0');
    await expect.poll(() => b.written).toBe(1);
    expect(a.written).toBe(300);
  });
});
