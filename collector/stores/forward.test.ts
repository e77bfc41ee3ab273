import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Permanent } from '../../agent/contract/errors.ts';
import { batchOf } from '../../test/batch.ts';
import { defaultLimits, forwarder } from './forward.ts';
import type { Wire } from './forward.ts';

// A signal that never comes.
const forever = (): AbortSignal => new AbortController().signal;

/** A wire that keeps what it is given; `answer` may hold it back or refuse it. Probes (empty posts) are not kept. */
function recordingWire(
  answer: (text: string, signal: AbortSignal) => Promise<void> = async () => {},
): Wire & { readonly posted: string[] } {
  const posted: string[] = [];
  return {
    posted,
    where: 'the server',
    async post(members, signal) {
      const text = Buffer.concat(members.map((member) => gunzipSync(member))).toString();
      if (text !== '') posted.push(text);
      await answer(text, signal);
    },
    close() {},
  };
}

const silent = (): void => {};

describe('a forwarder', () => {
  it('sends concurrent batches as one group, and resolves each', async () => {
    const wire = recordingWire();
    const { write } = forwarder(wire, silent);
    await Promise.all(['a v=1 1', 'b v=1 1', 'c v=1 1'].map((line) => write(batchOf([line]), forever())));
    expect(wire.posted).toEqual(['a v=1 1\nb v=1 1\nc v=1 1\n']);
  });

  it('keeps groups within their lines and bytes, whatever waits', async () => {
    const wire = recordingWire();
    const { write } = forwarder(wire, silent, { ...defaultLimits, groupLines: 4, groupBytes: 40, inFlight: 1 });
    const batches = [['a v=1 1', 'a v=1 2'], ['b v=1 1', 'b v=1 2'], ['c v=1 1'], [`d v=1,${'x'.repeat(50)}=1 1`], ['e v=1 1']];
    await Promise.all(batches.map((lines) => write(batchOf(lines), forever())));
    expect(wire.posted.map((text) => text.match(/^\w/gm)?.join(''))).toEqual(['aabb', 'c', 'd', 'e']);
  });

  it('has only so many groups under way, and sends the rest as they come back', async () => {
    const answers: (() => void)[] = [];
    const wire = recordingWire((text) => (text === '' ? Promise.resolve() : new Promise((resolve) => answers.push(resolve))));
    const { write } = forwarder(wire, silent, { ...defaultLimits, groupLines: 1, inFlight: 2 });
    const written = Promise.all([1, 2, 3].map((time) => write(batchOf([`a v=1 ${time}`]), forever())));
    await expect.poll(() => answers.length).toBe(2);
    answers[0]?.();
    await expect.poll(() => answers.length).toBe(3);
    answers[1]?.();
    answers[2]?.();
    await written;
    expect(wire.posted).toHaveLength(3);
  });

  it('tells only the guilty batches of a refusal, and stores the others', async () => {
    const stored = new Set<string>();
    const wire = recordingWire(async (text) => {
      for (const line of text.split('\n')) if (line !== '' && !line.includes('bad')) stored.add(line);
      if (text.includes('bad')) throw new Permanent('refused');
    });
    const { write, trouble } = forwarder(wire, silent);
    const lines = Array.from({ length: 20 }, (_, at) => (at === 3 || at === 11 ? `bad v=1 ${at}` : `good v=1 ${at}`));
    const ends = await Promise.allSettled(lines.map((line) => write(batchOf([line]), forever())));
    expect(ends.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([3, 11]);
    expect(ends[3]).toMatchObject({ reason: { name: 'Permanent', message: 'refused' } });
    expect(stored.size).toBe(18);
    expect(trouble()).toBeUndefined();
  });

  it('turns batches away once too much waits', async () => {
    const wire = recordingWire((_, signal) => pause(60_000, undefined, { signal }));
    const { write, close } = forwarder(wire, silent, { ...defaultLimits, inFlight: 1, groupLines: 1, waitingBytes: 20 });
    const ends: Promise<string>[] = [];
    const tried = (): void =>
      void ends.push(
        write(batchOf(['a v=1 1']), forever()).then(
          () => 'stored',
          (error: Error) => error.message,
        ),
      );
    for (let at = 0; at < 5; at++) tried();
    expect(await Promise.race(ends)).toBe('the server: 16 bytes are waiting for it already');
    await close(AbortSignal.timeout(0));
    expect((await Promise.all(ends)).filter((end) => end === 'stored')).toEqual([]);
  });

  it('gives a waiting batch up when its sender does, without sending it', async () => {
    const wire = recordingWire();
    const { write } = forwarder(wire, silent, { ...defaultLimits, lingerMs: 60_000 });
    const sender = new AbortController();
    const given = write(batchOf(['a v=1 1']), sender.signal);
    sender.abort(new Error('the connection was cut'));
    await expect(given).rejects.toMatchObject({ name: 'Transient', cause: { message: 'the connection was cut' } });
    expect(wire.posted).toEqual([]);
  });

  it('is in trouble until the server takes lines again, and finds out by itself', async () => {
    let away = true;
    const said: string[] = [];
    const wire = recordingWire(async () => {
      if (away) throw new Error('connection refused');
    });
    const { write, trouble } = forwarder(wire, (_, message) => said.push(message), { ...defaultLimits, probeMs: 10 });
    await expect(write(batchOf(['a v=1 1']), forever())).rejects.toMatchObject({ name: 'Transient' });
    expect(trouble()).toBe('the server: connection refused');
    away = false;
    await expect.poll(trouble).toBeUndefined();
    expect(said.at(-1)).toBe('the server takes lines again');
  });

  it('sends what waits before it closes, and takes nothing more', async () => {
    const wire = recordingWire();
    const { write, close } = forwarder(wire, silent, { ...defaultLimits, lingerMs: 60_000 });
    const written = write(batchOf(['a v=1 1']), forever());
    await close(AbortSignal.timeout(10_000));
    await written;
    expect(wire.posted).toEqual(['a v=1 1\n']);
    await expect(write(batchOf(['a v=1 2']), forever())).rejects.toThrow('the collector is stopping');
    await close(AbortSignal.timeout(10_000));
  });
});
