import { optionalSection, section } from '../agent/contract/config.ts';
import type { Field, Fields, OptionsOf } from '../agent/contract/config.ts';
import { count, duration, flag, optionalText, size, text } from '../agent/contract/fields.ts';
import { redfishField } from './redfish/fields.ts';
import { storeKinds } from './stores/kinds.gen.ts';

const storeFields: Fields = Object.fromEntries(
  storeKinds.map((kind) => {
    const required = flag(
      true,
      'Whether a batch counts as stored only once this store has it; a store that is not required is best-effort.',
    );
    return [kind.name, optionalSection({ ...kind.options, required }, kind.summary)];
  }),
);

/** Every key of collector.yaml. */
export const collectorFields = {
  listen: text('127.0.0.1:9797', 'Where to listen, HOST:PORT; anywhere but loopback needs tokens.', listenFault),
  data: text(defaultData(), 'Folder for everything the collector keeps.'),
  auth: section(
    {
      key_file: optionalText(
        'Key that node tokens are signed with; default token.key in the data folder. Where the file exists, writers need tokens.',
      ),
    },
    'Who may write.',
  ),
  stores: storesField(),
  redfish: redfishField(),
  limits: section(
    {
      body: size('8MiB', 'A post as it comes over the wire.'),
      inflated: size('64MiB', 'A post unpacked.'),
      in_flight: size('256MiB', 'All posts held in memory together.'),
      line: size('64KiB', 'One line.'),
      nodes: count(20_000, 'Nodes.', { min: 1 }),
      series_per_node: count(20_000, 'Series of one node.', { min: 1 }),
      labels: count(40, 'Labels of a series.', { min: 1 }),
      label_name: count(128, "Characters of a label's name.", { min: 1 }),
      label_value: count(1024, "Characters of a label's value.", { min: 1 }),
    },
    'What is taken from one sender, so that none can harm the others.',
  ),
  query: section(
    {
      timeout: duration('2m', 'How long a question may take; it may itself ask for less (`timeout=`).'),
      concurrency: count(20, 'Questions answered at once; ten times as many may wait for their turn.', { min: 1 }),
      threads: count(1, 'Threads that answer questions; one is enough until many ask at the same time.', { min: 1, max: 64 }),
      samples: count(50_000_000, 'Samples that a question may read, and values that it may hold at once.', { min: 1 }),
      points: count(200_000, 'Steps of a range question; Prometheus has 11000, and 90 days by the minute are 129600.', { min: 1 }),
      lookback: duration('5m', 'How long a sample counts as the present value, unless its series is known to have ended.'),
      memory: size('1GiB', 'What all questions of a thread may hold; beyond it the one that read the most is given up.'),
      body: size('1MiB', 'A question as it is posted.'),
    },
    'What is asked in PromQL under /api/v1/, and what one question may cost.',
  ),
  forget: duration('1h', 'How long a silent node or series is remembered before its place is given up; stored samples stay.', {
    atLeast: '1m',
  }),
} satisfies Fields;

/** The collector's configuration, read and checked: bytes, milliseconds, and an address that parses. */
export type CollectorOptions = OptionsOf<typeof collectorFields>;

// A store named is a store used; no store named means the embedded one.
function storesField(): Field<Readonly<Record<string, StoreOptions | undefined>>> {
  const inner = section(storeFields, 'Where samples go; a store named is a store used.');
  return {
    ...inner,
    default: { duckdb: {} },
    read(value, path, report) {
      const named =
        typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, item ?? {}]))
          : value;
      const stores = inner.read(named, path, report) as Readonly<Record<string, StoreOptions | undefined>>;
      if (typeof named === 'object' && named !== null && Object.keys(named).length === 0) {
        report({ path, problem: 'no store is named', suggestion: 'name one, or leave `stores` out to have the embedded one' });
      }
      return stores;
    },
  };
}

/** A store's own options, and whether it is required. */
export type StoreOptions = Readonly<Record<string, unknown>> & { readonly required: boolean };

function listenFault(value: string): { problem: string; suggestion: string } | undefined {
  const address = parseListen(value);
  if (address !== undefined) return undefined;
  return { problem: `${JSON.stringify(value)} is not HOST:PORT`, suggestion: 'write it like 127.0.0.1:9797 or [::1]:9797' };
}

/** Host and port of `HOST:PORT` or `[IPV6]:PORT`, or undefined. */
export function parseListen(value: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  return { host: bracketed ?? (plain === '' || plain === undefined ? '0.0.0.0' : plain), port };
}

/** Whether only this machine can reach the host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function defaultData(): string {
  if (process.getuid?.() === 0) return '/var/lib/vigie';
  const state = process.env['XDG_STATE_HOME'] ?? `${process.env['HOME'] ?? '.'}/.local/state`;
  return `${state}/vigie`;
}
