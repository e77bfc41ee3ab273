import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import type { ParsedUrlQuery } from 'node:querystring';
import { precisionOf } from '../../agent/contract/precision.ts';
import type { Precision } from '../../agent/contract/precision.ts';
import { messageOf, Transient } from '../../agent/contract/errors.ts';
import { quoted } from '../../agent/contract/quoted.ts';
import { answerEarly } from '../answer-early.ts';
import { HttpFault } from '../http-fault.ts';
import type { SeriesTable } from '../series/series-table.ts';
import { periodOf } from '../series/nodes.ts';
import { batchOf } from './batch.ts';
import { giveColumns, takeColumns } from './columns.ts';
import type { Columns } from './columns.ts';
import { deadlines } from './deadlines.ts';
import { readBody } from './body.ts';
import type { Body, BodyLimits, Budget } from './body.ts';
import type { Delivery } from './deliver.ts';
import { openBody } from './read-lines.ts';
import type { ReadLines, ReadRules, Refusal } from './read-lines.ts';
import { ANY_NODE } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** What the write route needs of the collector. */
export interface WriteContext {
  readonly table: SeriesTable;
  readonly delivery: Delivery;
  readonly tokens: Tokens | undefined;
  readonly limits: BodyLimits & { readonly line: number };
  readonly budget: Budget;
  /** Samples older than this many milliseconds are refused. */
  readonly retention: number;
  /** As `retention`, of posts that say that they are history ({@link HISTORY_HEADER}): what is too old for samples may be kept as roll-ups. */
  readonly history: number;
  readonly now: () => number;
  readonly events: WriteEvents;
}

/** What happens to posts, for the collector's own metrics. */
export interface WriteEvents {
  post(status: number, receivedBytes: number): void;
  refused(lines: number): void;
  /** Fields of text came with accepted lines. */
  textFields(fields: number): void;
}

/** Says of a post that it is history: it does not tell that its nodes are there now. */
export const HISTORY_HEADER = 'x-vigie-history';

/** Samples further ahead than this are refused, as Prometheus's remote write does (storage/remote, maxAheadTime). */
const MOST_AHEAD_MS = 600_000;
/** A name's holder keeps it for this long after its last post, or three of its periods. */
const CLAIM_MS = 30_000;
/** How long a batch may take to reach every required store's disk. */
const STORE_DEADLINE_MS = 20_000;
/** Refusals told to the sender; the rest is counted. */
const REFUSALS_TOLD = 10;
const RIGHT_LINE = 'room,instance=node1 temperature_celsius=21.5,doors_open=2';

/** Answers a post; rejects only where the collector itself is wrong. */
export type WriteRoute = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whether a request is one for the write route: `POST /write` or `POST /api/v2/write`. */
export function isWrite({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && (at('/write', url) || at('/api/v2/write', url));
}

function at(path: string, url: string): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

/** Takes lines as InfluxDB does: 204 where everything is on disk. */
export function writeRoute(context: WriteContext): WriteRoute {
  const deadline = deadlines(STORE_DEADLINE_MS);
  const queryOf = queries();
  return async (request, response) => {
    let body: Body | undefined;
    const columns = takeColumns();
    try {
      const query = queryOf(request.url ?? '');
      const nodeOfToken = context.tokens?.nodeOf(request.headers, query) ?? ANY_NODE;
      const precision = precisionOf(typeof query['precision'] === 'string' ? query['precision'] : 'ns');
      if (precision === undefined) throw new HttpFault(400, unknownPrecision(query['precision']));
      body = await readBody(request, context.limits, context.budget);
      const isHistory = request.headers[HISTORY_HEADER] !== undefined;
      const rules = {
        precision,
        ...times(context, isHistory),
        outside: isHistory,
        lineBytes: context.limits.line,
        admit: admission(nodeOfToken),
        claim: claims(request, context.now()),
      };
      const outcome = await storeBody(context, body, rules, columns, deadline());
      if (outcome.refused > 0 || outcome.byStores.length > 0) throw new HttpFault(400, partialWrite(outcome));
      context.events.post(204, body.received.length);
      response.writeHead(204).end();
    } catch (error) {
      answerFault(context, request, response, error);
    } finally {
      body?.release();
      giveColumns(columns);
    }
  };
}

// Every agent sends to the same URL: the one before this one, most often.
function queries(): (url: string) => ParsedUrlQuery {
  let before = '';
  let query: ParsedUrlQuery = {};
  return (url) => {
    if (url !== before) {
      const start = url.indexOf('?');
      query = start < 0 ? {} : parse(url.slice(start + 1));
      before = url;
    }
    return query;
  };
}

function times({ now, retention, history }: WriteContext, isHistory: boolean): { now: number; oldest: number; newest: number } {
  const at = now();
  return { now: at, oldest: at - (isHistory ? history : retention), newest: at + MOST_AHEAD_MS };
}

function admission(nodeOfToken: string): (node: string) => void {
  if (nodeOfToken === ANY_NODE) return () => undefined;
  return (node) => {
    if (node === nodeOfToken) return;
    throw new HttpFault(403, `this token is for node ${nodeOfToken}, not for ${node}; make one with: vigie token ${node}`);
  };
}

function unknownPrecision(given: unknown): string {
  return `precision=${quoted(String(given))} is not known; send ns, us, ms, s, m or h, or none for ns`;
}

function claims(request: IncomingMessage, now: number): ReadRules['claim'] {
  const agent = request.headers['x-vigie-agent'];
  if (typeof agent !== 'string' || agent === '') return () => undefined;
  return (node) => {
    const held = node.agent !== '' && node.agent !== agent && now - node.postAt < Math.max(CLAIM_MS, 3 * periodOf(node));
    if (held) {
      const reason = `another agent sends as node ${node.name}; give one of them another name with instance: in its agent.yaml`;
      node.refusal = { reason, at: now };
      throw new HttpFault(409, reason, 10);
    }
    const before = node.agent;
    node.agent = agent;
    return () => {
      if (node.agent === agent) node.agent = before;
    };
  };
}

/** What of a body was not stored, and why. */
export interface Outcome {
  refused: number;
  readonly refusals: Refusal[];
  readonly byStores: string[];
}

/**
 * Stores a body piece by piece: one that fails leaves those before it stored, and they change no answer when the body comes again.
 *
 * @throws HttpFault where the sender may not write; Transient where a required store does not have it.
 */
export async function storeBody(
  context: WriteContext,
  body: Omit<Body, 'release'>,
  rules: ReadRules,
  columns: Columns,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { refused: 0, refusals: [], byStores: [] };
  const reading = openBody(context.table, body.text, rules);
  while (!reading.done) {
    columns.length = 0;
    const read = await reading.read(columns);
    note(context, read);
    outcome.refused += read.refused;
    outcome.refusals.push(...read.refusals.slice(0, Math.max(0, REFUSALS_TOLD - outcome.refusals.length)));
    if (read.text.length === 0) continue;
    const [node] = read.nodes;
    const packed = body.gzipped && read.text === body.text ? body.received : undefined;
    // The stores may read it when the body's memory is another body's already.
    const text = packed === undefined && read.text.buffer === body.text.buffer ? Buffer.from(read.text) : read.text;
    const batch = batchOf(node?.name ?? '', text, columns, rules.now, packed);
    outcome.byStores.push(...(await context.delivery.deliver(batch, digestOf(packed ?? read.text, rules.precision, read.stamped), signal)));
  }
  return outcome;
}

// The same bytes again are the same batch: a sender that never got its answer. Not where its lines got their times here:
// then the same text is another reading.
function digestOf(bytes: Uint8Array, precision: Precision, stamped: boolean): string | undefined {
  return stamped ? undefined : `${precision}${hash('sha1', bytes, 'base64')}`;
}

function note(context: WriteContext, { refused, refusals, textFields }: ReadLines): void {
  context.events.textFields(textFields);
  if (refused === 0) return;
  context.events.refused(refused);
  const at = context.now();
  for (const { node, reason } of refusals) if (node !== undefined) node.refusal = { reason, at };
}

// InfluxDB's words, so that its clients know what to do: the rest of the batch is stored and must not be sent again.
function partialWrite({ refused, refusals, byStores }: Outcome): string {
  const example = refusals.find(({ unreadable }) => unreadable);
  const told = (refusal: Refusal): string =>
    `line ${refusal.line}: ${refusal.reason}${refusal === example ? ` (a right line: ${RIGHT_LINE})` : ''}`;
  const reasons = [...refusals.map(told), ...byStores];
  const more = refused > refusals.length ? [`and ${refused - refusals.length} more`] : [];
  return `partial write: ${refused} ${refused === 1 ? 'line' : 'lines'} refused, the rest is stored: ${[...reasons, ...more].join('; ')}`;
}

function answerFault(context: WriteContext, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const fault = error instanceof Transient ? new HttpFault(503, messageOf(error), Math.ceil((error.retryAfterMs ?? 1000) / 1000)) : error;
  if (!(fault instanceof HttpFault)) throw error;
  context.events.post(fault.status, 0);
  if (response.headersSent || response.destroyed) return;
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
  const body = JSON.stringify({ error: fault.message });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  answerEarly(request, response, fault.status, headers, body);
}
