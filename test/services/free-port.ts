import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';

// Below Linux' range for outgoing connections (net.ipv4.ip_local_port_range, 32768 and up): nobody takes the port of a
// stopped server by connecting somewhere, and a client that knocks at it never reaches itself.
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A loopback port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
    await setImmediate();
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
