import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** Which way bytes go. */
export type Toward = 'server' | 'client';

/** Sees bytes before they go on; answers how many of them do. Fewer than all means that the connection is cut behind those. */
export type Tap = (chunk: Buffer, toward: Toward) => number;

/** A TCP proxy on a loopback port. */
export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a proxy in front of a loopback port; where nobody listens there, it closes the connections it takes. */
export async function openProxy(port: number, tap: Tap): Promise<Proxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to, toward] of [
      [client, upstream, 'server'],
      [upstream, client, 'client'],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on('error', cut);
      from.on('close', () => {
        open.delete(from);
        cut();
      });
      from.on('end', () => to.end());
      from.on('data', (chunk: Buffer) => {
        const passed = tap(chunk, toward);
        if (passed === chunk.length) return pass(from, to, chunk);
        // What still passes must leave before the cut.
        if (passed > 0 && to.writable) to.write(chunk.subarray(0, passed), cut);
        else cut();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function pass(from: Socket, to: Socket, chunk: Buffer): void {
  if (!to.writable || to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
