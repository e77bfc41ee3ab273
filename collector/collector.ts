import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Router } from 'express';
import { metadataRoute } from './api/metadata.ts';
import { queryRoutes } from './api/query-routes.ts';
import { statusRoutes } from './api/status-routes.ts';
import { isLoopback, parseListen } from './config.ts';
import type { CollectorOptions } from './config.ts';
import type { Catalogue } from './expose/catalogue.ts';
import { exposeRoutes } from './expose/routes.ts';
import { budgetOf } from './ingest/body.ts';
import { delivery } from './ingest/deliver.ts';
import type { Destination } from './ingest/deliver.ts';
import { giveColumns, takeColumns } from './ingest/columns.ts';
import { readLines } from './ingest/read-lines.ts';
import { loadTokens } from './ingest/tokens.ts';
import { writeRoute } from './ingest/write-route.ts';
import type { WriteContext } from './ingest/write-route.ts';
import { ownLines } from './ingest/own-lines.ts';
import { openQuestions } from './query/open-questions.ts';
import type { Questions } from './query/question.ts';
import { startRedfish } from './redfish/poller.ts';
import type { RedfishPoller } from './redfish/poller.ts';
import { selfMetrics } from './self-metrics.ts';
import { startMarking } from './series/mark-gone.ts';
import { stateOf } from './series/nodes.ts';
import { seriesTable } from './series/series-table.ts';
import type { SeriesTable } from './series/series-table.ts';
import { httpServer, listen } from './server.ts';
import type { DuckdbStore } from './stores/duckdb/index.ts';
import { storeKinds } from './stores/kinds.gen.ts';
import type { ReadAgain, Store, StoreContext } from './stores/store.ts';

/** A collector that runs. */
export interface Collector {
  readonly url: string;
  readonly table: SeriesTable;
  /** The embedded store, where it is used. */
  readonly duckdb: DuckdbStore | undefined;
  /** Takes no more writes, finishes those under way, closes the stores; at most `deadlineMs`. */
  close(deadlineMs?: number): Promise<void>;
}

/** What a collector is started with besides its configuration. */
export interface CollectorParts {
  readonly version: string;
  readonly catalogue: Catalogue;
  /** Further routes, made once the parts they read from stand. */
  readonly routes: (parts: { readonly table: SeriesTable; readonly duckdb: DuckdbStore | undefined }) => readonly Router[];
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
  /** Told when a store cannot go on. */
  readonly fatal: (error: Error) => void;
}

const unpack = promisify(gunzip);
/** Where no store says how long it keeps samples. */
const DEFAULT_RETENTION_MS = 14 * 86_400_000;
const { POSITIVE_INFINITY: ANY } = Number;
const NO_LIMITS = { series_per_node: ANY, nodes: ANY, labels: ANY, label_name: ANY, label_value: ANY };

/**
 * Opens the stores, reads their logs, and listens.
 *
 * @throws Error that says what to do where it would listen to the world without tokens, or cannot listen.
 */
export async function startCollector(options: CollectorOptions, parts: CollectorParts): Promise<Collector> {
  const address = parseListen(options.listen) ?? { host: '127.0.0.1', port: 9797 };
  const keyFile = options.auth.key_file ?? join(options.data, 'token.key');
  const tokens = loadTokens(keyFile);
  if (tokens === undefined && !isLoopback(address.host)) throw new Error(openToTheWorld(options.listen, options.data, keyFile));
  mkdirSync(options.data, { recursive: true, mode: 0o750 });

  // The log holds what was acknowledged under the limits of then: those of now are asked of what comes from now on.
  const limits = { ...NO_LIMITS };
  const table = seriesTable(limits);
  const destinations = await openStores(options, parts, table);
  Object.assign(limits, options.limits);
  const duckdb = destinations.find(({ store }) => store.name === 'duckdb')?.store as DuckdbStore | undefined;
  const budget = budgetOf(options.limits.in_flight);
  let redfish: RedfishPoller | undefined;
  let questions: Questions | undefined;
  const readable = {
    series: () => table.size,
    nodes: () => nodeStates(table),
    bodyBytes: () => budget.used,
    walBytes: () => duckdb?.walBytes ?? 0,
    pendingRows: () => duckdb?.pendingRows ?? 0,
    refusedLines: () => duckdb?.refusedLines ?? 0,
    questions: () => ({ running: questions?.running ?? 0, waiting: questions?.waiting ?? 0 }),
    bmcs: () => redfish?.states() ?? {},
    families: () => table.families.keys(),
  };
  const metrics = selfMetrics(parts.version, readable, (message) => parts.log('warning', message));
  const now = Date.now;
  const ingest: WriteContext = {
    table,
    delivery: delivery(destinations, metrics),
    tokens,
    limits: options.limits,
    budget,
    retention: retentionOf(options),
    history: historyOf(options),
    now,
    events: metrics,
  };
  const stores = destinations.map(({ store }) => store);
  questions = openQuestions({ stores, options: options.query, events: metrics, log: parts.log });
  const server = httpServer({
    write: writeRoute(ingest),
    routers: [
      exposeRoutes({ table, catalogue: parts.catalogue, metrics, now }),
      queryRoutes({ questions, body: options.query.body, now }),
      metadataRoute(table, parts.catalogue),
      statusRoutes({ version: parts.version, startedAt: new Date(), limits: options.query, retention: ingest.retention }),
      ...parts.routes({ table, duckdb }),
    ],
    troubles: () => troublesOf(destinations),
    version: parts.version,
    log: parts.log,
  });
  try {
    if (options.redfish !== undefined) {
      redfish = startRedfish({ options: options.redfish, write: ownLines(ingest), events: metrics, log: parts.log });
    }
    await listen(server, address.host, address.port);
  } catch (error) {
    await redfish?.close();
    await questions.close();
    await closeStores(destinations, 5000);
    throw error;
  }
  const marking = startMarking(table, (rows) => stores.forEach((store) => store.mark?.(rows)), now);
  const sweep = setInterval(() => table.forget(now() - options.forget), Math.min(60_000, options.forget));
  let closing: Promise<void> | undefined;
  const close = async (deadlineMs: number): Promise<void> => {
    clearInterval(sweep);
    marking.stop();
    await redfish?.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), deadlineMs / 2).unref();
    // Nobody is kept waiting for a question; what is being written is finished.
    await questions.close();
    await closed;
    await closeStores(destinations, deadlineMs / 2);
  };
  return {
    url: urlOf(address.host, (server.address() as AddressInfo).port),
    table,
    duckdb,
    close: (deadlineMs = 10_000) => (closing ??= close(deadlineMs)),
  };
}

async function openStores(options: CollectorOptions, parts: CollectorParts, table: SeriesTable): Promise<Destination[]> {
  const context: Omit<StoreContext<unknown>, 'options'> = {
    data: options.data,
    describe: (series) => table.describe(series),
    readAgain: async (gzipped) => readAccepted(table, await unpack(gzipped)),
    fatal: parts.fatal,
    log: parts.log,
  };
  const destinations: Destination[] = [];
  for (const kind of storeKinds) {
    const chosen = options.stores[kind.name];
    if (chosen === undefined) continue;
    const store: Store = await kind.open({ ...context, options: chosen });
    destinations.push({ store, required: chosen.required });
  }
  return destinations;
}

async function readAccepted(table: SeriesTable, text: Uint8Array): Promise<ReadAgain> {
  // Nothing of it says that its node is there now.
  const any = {
    now: Number.NEGATIVE_INFINITY,
    oldest: Number.NEGATIVE_INFINITY,
    newest: Number.POSITIVE_INFINITY,
    lineBytes: Number.POSITIVE_INFINITY,
  };
  const noCheck = { admit: () => undefined, claim: () => undefined };
  const columns = takeColumns();
  const { refused, refusals } = await readLines(table, text, { precision: 'ms', ...any, ...noCheck }, columns);
  // Given back at once: the store takes the rows before anything else is read.
  giveColumns(columns);
  return { rows: columns, refused, reasons: refusals.map(({ reason }) => reason) };
}

async function closeStores(destinations: readonly Destination[], deadlineMs: number): Promise<void> {
  await Promise.allSettled(destinations.map(({ store }) => store.close(AbortSignal.timeout(deadlineMs))));
}

function troublesOf(destinations: readonly Destination[]): string[] {
  return destinations.flatMap(({ store, required }) => {
    const trouble = required ? store.trouble() : undefined;
    return trouble === undefined ? [] : [`${store.name}: ${trouble}`];
  });
}

// What one store would drop at once is not worth the others' space.
function retentionOf(options: CollectorOptions): number {
  const kept = Object.values(options.stores).flatMap((store) => (typeof store?.['retention'] === 'number' ? [store['retention']] : []));
  return kept.length === 0 ? DEFAULT_RETENTION_MS : Math.min(...kept);
}

// The embedded store keeps roll-ups of what it keeps no samples of.
function historyOf(options: CollectorOptions): number {
  const kept = ['retention', 'retention_1m', 'retention_1h'].map((key) => options.stores['duckdb']?.[key]);
  return Math.max(retentionOf(options), ...kept.filter((value) => typeof value === 'number'));
}

function nodeStates(table: SeriesTable): Record<'alive' | 'late' | 'down', number> {
  const states = { alive: 0, late: 0, down: 0 };
  const now = Date.now();
  for (const node of table.nodes.values()) states[stateOf(node, now)]++;
  return states;
}

function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function openToTheWorld(listenAt: string, data: string, keyFile: string): string {
  return [
    `refusing to listen on ${listenAt}: no tokens are set up, so anyone who reaches it could write as any node.`,
    `  Make a key and a node's token:  vigie token NODE --data ${data}    (writes ${keyFile})`,
    '  or stay on this machine:        --listen 127.0.0.1:9797',
  ].join('\n');
}
