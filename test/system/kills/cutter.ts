import { openProxy } from '../../proxy.ts';
import type { Proxy } from '../../proxy.ts';

/** Where a connection is cut: in the middle of a request, or when the answer 204 has left the server and not reached the client. */
export type Cut = 'request' | 'answer';

/** A proxy that cuts connections when it is told to. */
export interface Cutter extends Proxy {
  /** Cuts the next request or answer that comes by; answers whether one came before the deadline. */
  cut(where: Cut, share: number, deadlineMs: number): Promise<boolean>;
}

const STORED = Buffer.from('HTTP/1.1 204');

/** Starts a cutting proxy in front of a loopback port. */
export async function openCutter(port: number): Promise<Cutter> {
  let wanted: { readonly where: Cut; readonly share: number; readonly done: (cut: boolean) => void } | undefined;
  const proxy = await openProxy(port, (chunk, toward) => {
    if (wanted === undefined) return chunk.length;
    const { where, share, done } = wanted;
    const isIt = where === 'request' ? toward === 'server' : toward === 'client' && chunk.subarray(0, STORED.length).equals(STORED);
    if (!isIt) return chunk.length;
    wanted = undefined;
    done(true);
    return where === 'request' ? Math.min(chunk.length - 1, Math.floor(chunk.length * share)) : 0;
  });
  return {
    ...proxy,
    cut: (where, share, deadlineMs) =>
      new Promise((resolve) => {
        const late = setTimeout(() => {
          wanted = undefined;
          resolve(false);
        }, deadlineMs);
        wanted = {
          where,
          share,
          done(cut) {
            clearTimeout(late);
            resolve(cut);
          },
        };
      }),
  };
}
