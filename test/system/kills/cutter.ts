import { openProxy } from '../../proxy.ts';
import type { Proxy, Toward } from '../../proxy.ts';

/** Where a connection is cut: in the middle of a request, or when the answer 204 has left the server and not reached the client. */
export type Cut = 'request' | 'answer';

/** A proxy that cuts connections when it is told to. Everything answers whether what it waits for came before the deadline. */
export interface Cutter extends Proxy {
  /** Cuts the next request or answer that comes by; `share` of a request still passes. */
  cut(where: Cut, share: number, deadlineMs: number): Promise<boolean>;
  /** Calls in the moment when the next answer 204 comes by, before it passes. */
  whenAnswered(call: () => void, deadlineMs: number): Promise<boolean>;
}

/** Takes the chunk and answers how much of it passes, or undefined where it waits for another. */
type Trap = (chunk: Buffer, toward: Toward) => number | undefined;

const STORED = Buffer.from('HTTP/1.1 204');

/** Starts a cutting proxy in front of a loopback port. */
export async function openCutter(port: number): Promise<Cutter> {
  const traps = new Set<Trap>();
  const proxy = await openProxy(port, (chunk, toward) => {
    for (const trap of traps) {
      const passes = trap(chunk, toward);
      if (passes !== undefined) return passes;
    }
    return chunk.length;
  });
  const set = (trap: Trap, deadlineMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const end = (sprung: boolean): void => {
        clearTimeout(late);
        traps.delete(once);
        resolve(sprung);
      };
      const once: Trap = (chunk, toward) => {
        const passes = trap(chunk, toward);
        if (passes !== undefined) end(true);
        return passes;
      };
      const late = setTimeout(() => end(false), deadlineMs);
      traps.add(once);
    });
  return {
    ...proxy,
    cut(where, share, deadlineMs) {
      const trap: Trap =
        where === 'request'
          ? (chunk, toward) => (toward === 'server' ? Math.min(chunk.length - 1, Math.floor(chunk.length * share)) : undefined)
          : (chunk, toward) => (isStored(chunk, toward) ? 0 : undefined);
      return set(trap, deadlineMs);
    },
    whenAnswered(call, deadlineMs) {
      return set((chunk, toward) => {
        if (!isStored(chunk, toward)) return undefined;
        call();
        return chunk.length;
      }, deadlineMs);
    },
  };
}

function isStored(chunk: Buffer, toward: Toward): boolean {
  return toward === 'client' && chunk.subarray(0, STORED.length).equals(STORED);
}
