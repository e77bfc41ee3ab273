import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { NEWLINE } from '../../../agent/contract/ascii.ts';
import { messageOf } from '../../../agent/contract/errors.ts';
import { QueryError } from '../../promql/query-error.ts';
import { reasonOf } from '../judge.ts';
import type { Secret } from '../secret.ts';
import { unreachable } from '../unreachable.ts';

/** What a cell of an answer holds; times are milliseconds. */
export type Cell = number | string | boolean | null;

/** Some rows of one series of an answer; its next rows follow in the next pieces. */
export interface Piece {
  /** Which statement answers, counted from 0. */
  readonly statement: number;
  readonly measurement: string;
  /** Values by the names that the statement groups by, empty where the series has none. */
  readonly tags: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly Cell[])[];
}

/** Whom to ask, and as who. */
export interface Asked {
  /** Without a slash at its end. */
  readonly url: string;
  readonly database: string;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
}

/** InfluxQL asked of an InfluxDB 1.x, answers read as they come. */
export interface Asking {
  /**
   * What the statements, separated by semicolons, answer: a series after another, some rows at a time; nothing of a database that is not there.
   *
   * @throws the signal's reason; QueryError `unavailable` without an answer, `execution` where the server gives up on a statement.
   */
  ask(statements: string, signal: AbortSignal): AsyncIterable<Piece>;
}

/** Rows that the server sends at a time. */
const CHUNK_ROWS = 10_000;
/** Bytes of the longest of these pieces: rows of 17 numbers, or of long texts. */
const LONGEST_PIECE = 64 * 2 ** 20;
/** How long the server may be silent, milliseconds. */
const SILENCE_MS = 60_000;
const REFUSAL_BYTES = 65_536;
const CONNECTIONS = 8;

/** Opens nothing yet: connections are made when they are needed. */
export function asking({ url, database, username, password }: Asked): Asking {
  const target = new URL(`${url}/query`);
  target.searchParams.set('db', database);
  target.searchParams.set('epoch', 'ms');
  target.searchParams.set('chunked', 'true');
  target.searchParams.set('chunk_size', String(CHUNK_ROWS));
  const secure = target.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: CONNECTIONS });

  const begin = (statements: string, signal: AbortSignal): ClientRequest => {
    const auth = username === undefined ? {} : { auth: `${username}:${password?.value() ?? ''}` };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = (secure ? httpsRequest : httpRequest)(target, { method: 'POST', agent, signal, headers, timeout: SILENCE_MS, ...auth });
    sent.on('timeout', () => sent.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)));
    sent.end(new URLSearchParams({ q: statements }).toString());
    return sent;
  };
  const answerTo = async (statements: string, signal: AbortSignal): Promise<IncomingMessage> => {
    const response = await responseTo(begin(statements, signal));
    if (response.statusCode !== 401 || password === undefined) return response;
    // The file may hold another by now.
    response.resume();
    password.refresh();
    return responseTo(begin(statements, signal));
  };

  return {
    async *ask(statements, signal) {
      try {
        const response = await answerTo(statements, signal);
        if (response.statusCode !== 200) throw await refusal(response, url);
        for await (const line of linesOf(response)) {
          const document = JSON.parse(line) as Document;
          const fault = faultOf(document);
          // Nothing has been written yet: the database is made for the first line.
          if (fault?.startsWith('database not found') === true) return;
          if (fault !== undefined) throw new QueryError('execution', `InfluxDB ${url}: ${fault}`);
          yield* piecesOf(document);
        }
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof QueryError) throw error;
        throw new QueryError('unavailable', `InfluxDB ${url}: ${unreachable(error) ?? messageOf(error)}`, undefined, { cause: error });
      }
    },
  };
}

function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', resolve);
  });
}

async function refusal(response: IncomingMessage, url: string): Promise<QueryError> {
  const parts: Buffer[] = [];
  let held = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    if (held < REFUSAL_BYTES) parts.push(part);
    held += part.length;
  }
  const { statusCode: status = 0, headers } = response;
  const reason = reasonOf({ status, headers, text: Buffer.concat(parts).toString() });
  // A statement that cannot be parsed is a fault of ours.
  return new QueryError(status === 400 ? 'internal' : 'unavailable', `InfluxDB ${url} answered ${status}: ${reason}`);
}

/** Documents of an answer, one a line, each as soon as it is there. */
async function* linesOf(response: AsyncIterable<Buffer>): AsyncIterable<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const part of response) {
    let from = 0;
    for (let end = part.indexOf(NEWLINE); end >= 0; end = part.indexOf(NEWLINE, from)) {
      parts.push(part.subarray(from, end));
      if (held + end > from) yield Buffer.concat(parts).toString();
      parts = [];
      held = 0;
      from = end + 1;
    }
    parts.push(part.subarray(from));
    held += part.length - from;
    if (held > LONGEST_PIECE) throw new Error(`a piece of its answer is longer than ${LONGEST_PIECE / 2 ** 20} MiB`);
  }
  if (held > 0) yield Buffer.concat(parts).toString();
}

interface Document {
  readonly error?: string;
  readonly results?: readonly {
    readonly statement_id: number;
    readonly error?: string;
    readonly series?: readonly {
      readonly name: string;
      readonly tags?: Readonly<Record<string, string>>;
      readonly values?: readonly (readonly Cell[])[];
    }[];
  }[];
}

function faultOf({ error, results = [] }: Document): string | undefined {
  return error ?? results.find((result) => result.error !== undefined)?.error;
}

function* piecesOf({ results = [] }: Document): Iterable<Piece> {
  for (const { statement_id: statement, series = [] } of results) {
    for (const { name: measurement, tags = {}, values: rows = [] } of series) yield { statement, measurement, tags, rows };
  }
}
