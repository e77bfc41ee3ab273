import { readFileSync } from 'node:fs';
import { connections } from '../stores/post.ts';
import type { Answer } from '../stores/post.ts';
import { secretFrom } from '../stores/secret.ts';
import type { Secret } from '../stores/secret.ts';
import { connectionFault, RedfishFault } from './fault.ts';
import type { Target } from './fields.ts';
import { isObject, linkAt, objectAt } from './json.ts';
import type { Json } from './json.ts';

/** A BMC that answers questions; logged in when it asks for it, over connections that are kept. */
export interface Bmc {
  /** The JSON object at a path. Throws RedfishFault; never follows a redirect, never leaves the BMC's address. */
  get(path: string): Promise<Json>;
  /** Logs out, where that takes no longer than two seconds, and cuts the connections. */
  close(): Promise<void>;
}

/** The root of every service: DSP0266, Redfish Specification, "Resource URIs". */
export const ROOT = '/redfish/v1/';
const SESSIONS = '/redfish/v1/SessionService/Sessions';

// The longest seen is a Sensors collection with its members: some hundred kilobytes.
const ANSWER_BYTES = 4 << 20;
const LOG_OUT_MS = 2000;

/**
 * A BMC at its address; nothing is sent yet.
 *
 * @throws Error where the file with its password or with certificates cannot be used.
 */
export function openBmc(target: Target, deadlineMs: number, signal: AbortSignal): Bmc {
  const base = new URL(target.url);
  // Two, so that a session can be opened while a request is under way; a BMC has few threads.
  const server = connections({ most: 2, deadlineMs, answerBytes: ANSWER_BYTES, tls: tlsOf(target) });
  const { user, passwordFile } = target;
  const login =
    user === undefined || passwordFile === undefined ? undefined : { user, secret: secretFrom(passwordFile, target.passwordKey) };
  let session: { readonly token: string; readonly path: string | undefined } | undefined;
  let basic = target.auth === 'basic';

  const urlOf = (path: string): URL => {
    // A path alone: what a BMC links to elsewhere is not for its password.
    if (!path.startsWith('/') || path.startsWith('//'))
      throw new RedfishFault('json', `it links to ${path.slice(0, 200)}, which is no path of its own`);
    return new URL(base.origin + base.pathname.replace(/\/+$/, '') + path);
  };
  const send = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ): Promise<Answer> => {
    const bytes = body === undefined ? [] : [Buffer.from(JSON.stringify(body))];
    const type = body === undefined ? undefined : { 'content-type': 'application/json' };
    const request = {
      method,
      url: urlOf(path),
      headers: { accept: 'application/json', 'odata-version': '4.0', ...type, ...headers },
      body: bytes,
    };
    return server.send(request, signal).catch((error: unknown) => Promise.reject(connectionFault(error)));
  };

  const logIn = async (secret: Secret, name: string): Promise<void> => {
    const root = await send('GET', ROOT, {});
    const link = root.status === 200 ? linkAt(objectAt(parse(root.text, ROOT), 'Links'), 'Sessions') : undefined;
    const path = link ?? SESSIONS;
    const answer = await send('POST', path, {}, { UserName: name, Password: secret.value() });
    if (answer.status === 401 || answer.status === 403) throw refusedLogin(answer.status, target);
    const token = answer.headers['x-auth-token'];
    // No session service, or no session left: the request itself may still be taken with user and password.
    if (answer.status >= 300 || typeof token !== 'string') basic = true;
    else session = { token, path: pathOf(answer.headers.location, base) };
  };
  const authorization = async (): Promise<Readonly<Record<string, string>>> => {
    if (login === undefined) return {};
    if (!basic && session === undefined) await logIn(login.secret, login.user);
    if (session !== undefined) return { 'x-auth-token': session.token };
    return { authorization: `Basic ${Buffer.from(`${login.user}:${login.secret.value()}`).toString('base64')}` };
  };

  return {
    async get(path) {
      for (let again = false; ; again = true) {
        let answer: Answer;
        try {
          answer = await send('GET', path, await authorization());
        } catch (error) {
          // A password that was changed is read anew for the next time.
          if (error instanceof RedfishFault && error.reason === 'auth') login?.secret.refresh();
          throw error;
        }
        if (answer.status === 401 && session !== undefined && !again) {
          // Sessions end when nobody has asked for a while.
          session = undefined;
          continue;
        }
        if (answer.status === 401) login?.secret.refresh();
        return judged(answer, path, target);
      }
    },
    async close() {
      const { token, path } = session ?? {};
      session = undefined;
      if (token !== undefined && path !== undefined) {
        const url = urlOf(path);
        // A session that stays ends by itself.
        await server
          .send({ method: 'DELETE', url, headers: { 'x-auth-token': token }, body: [] }, AbortSignal.timeout(LOG_OUT_MS))
          .catch(() => undefined);
      }
      server.close();
    },
  };
}

function judged({ status, text, headers }: Answer, path: string, target: Target): Json {
  if (status === 200) return parse(text, path);
  if (status === 401 || status === 403) throw refusedLogin(status, target);
  if (status >= 300 && status < 400)
    throw new RedfishFault(
      'redirect',
      `${path} is redirected to ${String(headers.location).slice(0, 200)}, which is not followed; write the URL that answers`,
    );
  throw new RedfishFault(status === 404 ? 'missing' : 'status', `${path} is answered with ${status}`);
}

function refusedLogin(status: number, { user }: Target): RedfishFault {
  const mend = user === undefined ? 'give user and password_file' : `check the user ${user}, its role, and password_file`;
  return new RedfishFault('auth', `it refuses with ${status}; ${mend}`);
}

function parse(text: string, path: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RedfishFault('json', `${path} is answered with what is no JSON`, { cause: error });
  }
  if (!isObject(value)) throw new RedfishFault('json', `${path} is answered with no JSON object`);
  return value;
}

// Where the session is to be ended: a path, or a URL of this very server.
function pathOf(location: string | undefined, base: URL): string | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  return url.origin === base.origin ? url.pathname : undefined;
}

function tlsOf({ insecure, caFile, serverName }: Target) {
  // Firmware of ten years ago knows nothing newer; who takes any certificate has no use for better ciphers.
  if (insecure) return { rejectUnauthorized: false, minVersion: 'TLSv1' as const, ciphers: 'DEFAULT@SECLEVEL=0' };
  return {
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
