import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeliveryEvents } from './ingest/deliver.ts';
import type { WriteEvents } from './ingest/write-route.ts';
import type { QuestionEvents } from './query/question.ts';
import type { RedfishEvents, RedfishPoller } from './redfish/poller.ts';

/** The collector's own metrics, and the places where it notes what happens. */
export interface SelfMetrics extends DeliveryEvents, WriteEvents, RedfishEvents, QuestionEvents {
  /** In Prometheus text format. */
  text(): Promise<string>;
  /** Whether a family of this name is the collector's own: a node's of the same name would spoil the page for everybody. */
  owns(name: string): boolean;
}

/** What can be read off the collector at any time. */
export interface Readable {
  readonly series: () => number;
  readonly nodes: () => Readonly<Record<'alive' | 'late' | 'down', number>>;
  readonly bodyBytes: () => number;
  readonly walBytes: () => number;
  readonly pendingRows: () => number;
  readonly refusedLines: () => number;
  /** Questions in PromQL by what is done with them now. */
  readonly questions: () => Readonly<Record<'running' | 'waiting', number>>;
  /** BMCs that are polled, by how that goes; none where the configuration has none. */
  readonly bmcs: () => Partial<ReturnType<RedfishPoller['states']>>;
  /** Names of the nodes' families. */
  readonly families: () => Iterable<string>;
}

/** Metrics of one collector in a registry of their own. */
export function selfMetrics(version: string, readable: Readable, warn: (message: string) => void): SelfMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  // Gauges whose names say that they count, which promtool objects to; what they sum up is there by type.
  for (const of of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${of}_total`);
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> =>
    new Counter({ name: `vigie_collector_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name: `vigie_collector_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  new Gauge({
    name: 'vigie_collector_info',
    help: "The collector's version.",
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const posts = counter('posts_total', 'Write requests answered, by status.', ['status']);
  const received = counter('received_bytes_total', 'Bytes of accepted write requests as they came over the wire.');
  const refused = counter('refused_lines_total', 'Lines refused; the answer to their sender said why.');
  const text = counter(
    'text_fields_total',
    'Fields of text in accepted lines: stores that take text got them, the embedded store keeps numbers.',
  );
  const written = counter('written_samples_total', 'Samples that a store has on disk.', ['store']);
  const failures = counter('store_failures_total', 'Batches that a store failed to take, by whether they may succeed later.', [
    'store',
    'reason',
  ]);
  const dropped = counter('dropped_samples_total', 'Samples not given to a best-effort store that was too far behind or failed.', [
    'store',
  ]);
  const seconds = new Histogram({
    name: 'vigie_collector_store_seconds',
    help: 'Time until a store had a batch on disk.',
    labelNames: ['store'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 20],
    registers,
  });
  gauge('series', 'Series of which something came lately.', readable.series);
  gauge('body_bytes', 'Bytes of write requests held in memory.', readable.bodyBytes);
  gauge('wal_bytes', "Bytes in the embedded store's log.", readable.walBytes);
  gauge('pending_samples', 'Samples on disk in the log and waiting for their commit.', readable.pendingRows);
  gauge(
    'log_refused_lines',
    "Acknowledged lines of the embedded store's log that could not be stored at the start; their records are kept aside.",
    readable.refusedLines,
  );
  new Gauge({
    name: 'vigie_collector_nodes',
    help: 'Nodes by how they do.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, nodes] of Object.entries(readable.nodes())) this.set({ state }, nodes);
    },
  });

  new Gauge({
    name: 'vigie_collector_queries',
    help: 'Questions in PromQL by whether they are being answered or wait for their turn.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, questions] of Object.entries(readable.questions())) this.set({ state }, questions);
    },
  });
  const questionSeconds = new Histogram({
    name: 'vigie_collector_query_seconds',
    help: 'Time from a question in PromQL until its answer was written, by route.',
    labelNames: ['route'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers,
  });
  const questionFailures = counter('query_failures_total', "Questions in PromQL that got an error, by Prometheus's name for it.", ['type']);
  const questionSamples = counter('query_samples_total', 'Samples read for questions in PromQL.');
  const questionThreads = counter('query_thread_restarts_total', 'Threads for questions started in place of one that ended.');

  new Gauge({
    name: 'vigie_collector_redfish_bmcs',
    help: 'BMCs by whether their last poll brought something.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, bmcs] of Object.entries(readable.bmcs())) this.set({ state }, bmcs);
    },
  });
  const polls = new Histogram({
    name: 'vigie_collector_redfish_poll_seconds',
    help: 'Time that one poll of a BMC took, with storing what it brought.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const pollFailures = counter('redfish_poll_failures_total', 'Polls of a BMC that brought nothing, or a part missing, by reason.', [
    'reason',
  ]);

  const owns = (name: string): boolean =>
    registry.getSingleMetric(name.replace(/_(?:bucket|sum|count)$/, '')) !== undefined || registry.getSingleMetric(name) !== undefined;
  const warned = new Set<string>();
  gauge('hidden_families', "Families of nodes that are left out of /metrics because the collector's own have their names.", () => {
    const hidden = [...readable.families()].filter(owns);
    for (const name of hidden) {
      if (!warned.has(name))
        warn(`${name} comes from a node and is left out of /metrics, where it is a metric of the collector's own; rename it`);
      warned.add(name);
    }
    return hidden.length;
  });

  return {
    text: () => registry.metrics(),
    owns,
    post(status, bytes) {
      posts.inc({ status });
      received.inc(bytes);
    },
    refused: (lines) => refused.inc(lines),
    textFields: (fields) => text.inc(fields),
    written(store, rows, took) {
      written.inc({ store }, rows);
      seconds.observe({ store }, took);
    },
    failed: (store, reason) => failures.inc({ store, reason }),
    dropped: (store, rows) => dropped.inc({ store }, rows),
    asked(route, took, failure) {
      questionSeconds.observe({ route }, took);
      if (failure !== undefined) questionFailures.inc({ type: failure });
    },
    read: (samples) => questionSamples.inc(samples),
    threadRestarted: () => questionThreads.inc(),
    polled: (took) => polls.observe(took),
    pollFailed: (reason) => pollFailures.inc({ reason }),
  };
}
