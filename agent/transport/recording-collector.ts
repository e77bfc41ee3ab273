import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as it came, with its body unpacked. */
export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What to do with a post: a status with headers and body, or `cut` the connection without a word, or `hang`. */
export type Reply =
  | number
  | 'cut'
  | 'hang'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** A collector for tests: a real server that keeps what it acknowledges. */
export interface RecordingCollector {
  readonly url: string;
  readonly port: number;
  /** Posts that were answered 204, in their order. */
  readonly stored: Post[];
  /** Every post that came. */
  readonly received: Post[];
  /** Connections made so far. */
  readonly connections: () => number;
  /** Decides about each post; 204 unless a test says otherwise. */
  reply: (post: Post) => Reply;
  /** Resolves when the condition holds, looked at after every post; fails by the test's own deadline. */
  until(condition: () => boolean): Promise<void>;
  /** Closes the connections on which nothing is under way. */
  dropIdle(): void;
  close(): Promise<void>;
}

/** Starts one on the port, or a free one. */
export async function startCollector(port = 0): Promise<RecordingCollector> {
  const waiting = new Set<() => void>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void bodyOf(request).then((body) => {
      if (body === undefined) return undefined;
      const post = { path: request.url ?? '', headers: request.headers, text: gunzipSync(body).toString() };
      collector.received.push(post);
      answer(post, response);
      for (const look of waiting) look();
      return undefined;
    });
  });
  let connections = 0;
  server.on('connection', () => void connections++);
  const answer = (post: Post, response: ServerResponse): void => {
    const reply = collector.reply(post);
    if (reply === 'hang') return;
    if (reply === 'cut') return void response.socket?.destroy();
    const { status, headers = {}, body = '' } = typeof reply === 'number' ? { status: reply } : reply;
    if (status === 204) collector.stored.push(post);
    response.writeHead(status, headers).end(body);
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  const collector: RecordingCollector = {
    url: `http://127.0.0.1:${own}`,
    port: own,
    stored: [],
    received: [],
    connections: () => connections,
    reply: () => 204,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    dropIdle: () => server.closeIdleConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    // The agent was killed while it sent: what came is no batch.
    return undefined;
  }
  return Buffer.concat(parts);
}
