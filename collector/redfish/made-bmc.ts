import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import type { SelfSigned } from '../../test/self-signed.ts';
import type { Json } from './json.ts';

/** A BMC for tests: a tree of documents behind a login, with the moods of real ones. */
export interface MadeBmc {
  readonly url: string;
  /** `GET /path` of every request, in order. */
  readonly requests: readonly string[];
  /** Sessions that are open. */
  readonly sessions: ReadonlySet<string>;
  /** The documents by path; to be changed at will. */
  readonly tree: Map<string, Json>;
  mood: Mood;
  close(): Promise<void>;
}

/** How it answers: `slow` never does, `broken` half a document, `redirects` elsewhere, `failing` 500, `locked` 401 whoever asks. */
export type Mood = 'well' | 'slow' | 'broken' | 'redirects' | 'failing' | 'locked';

/** What a made BMC is given. */
export interface MadeBmcOptions {
  readonly tree: Readonly<Record<string, Json>>;
  /** Who may log in; without, anybody may ask. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Whether it opens sessions, as all but the oldest do. */
  readonly sessions?: boolean;
  readonly tls?: SelfSigned;
}

/** Starts a BMC on a free port of this machine. */
export async function startBmc({ tree, login, sessions: opens = true, tls }: MadeBmcOptions): Promise<MadeBmc> {
  const requests: string[] = [];
  const sessions = new Set<string>();
  const documents = new Map(Object.entries(tree));
  let made = 0;

  const isLoggedIn = ({ headers }: IncomingMessage): boolean => {
    if (login === undefined) return true;
    const token = headers['x-auth-token'];
    if (typeof token === 'string') return sessions.has(token);
    return headers.authorization === `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  };
  const openSession = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!opens) return void response.writeHead(405).end();
    const { UserName, Password } = JSON.parse(await textOf(request)) as Record<string, string>;
    if (UserName !== login?.user || Password !== login?.password) return void response.writeHead(401).end();
    const token = `token${++made}`;
    sessions.add(token);
    const location = `/redfish/v1/SessionService/Sessions/${token}`;
    response.writeHead(201, { 'x-auth-token': token, location, 'content-type': 'application/json' }).end('{}');
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    requests.push(`${request.method} ${path}`);
    if (bmc.mood === 'slow') return;
    if (bmc.mood === 'failing') return void response.writeHead(500).end();
    if (bmc.mood === 'locked') return void response.writeHead(401).end();
    if (bmc.mood === 'redirects') return void response.writeHead(308, { location: 'http://127.0.0.1:1/elsewhere' }).end();
    if (request.method === 'POST') return openSession(request, response);
    if (request.method === 'DELETE') {
      sessions.delete(path.split('/').at(-1) ?? '');
      return void response.writeHead(204).end();
    }
    if (path !== '/redfish/v1/' && !isLoggedIn(request)) return void response.writeHead(401).end();
    const document = documents.get(path);
    if (document === undefined) return void response.writeHead(404).end('{"error":{}}');
    const text = JSON.stringify({ '@odata.id': path, ...document });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(bmc.mood === 'broken' ? text.slice(0, text.length / 2) : text);
  };
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response);
  };

  const server = tls === undefined ? createServer(take) : createSecureServer(tls, take);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bmc: MadeBmc = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sessions,
    tree: documents,
    mood: 'well',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return bmc;
}
