import { resolve } from 'node:path';
import { isLoopback, parseListen } from '../config.ts';
import type { CollectorOptions, StoreOptions } from '../config.ts';

/** What a collector that has just started is, for whoever started it. */
export interface Started {
  readonly version: string;
  readonly options: CollectorOptions;
  /** Whether writers need tokens. */
  readonly tokens: boolean;
  /** Whether this machine's agent runs beside it. */
  readonly agent: boolean;
}

/** Says who is reached where, where the data is, which stores it goes to, and how to stop; the URL stands elsewhere, once. */
export function greeting({ version, options, tokens, agent }: Started): string {
  const facts = {
    listens: `${options.listen}, ${audience(options.listen)}; ${tokens ? 'writers need a token (vigie token NODE)' : 'writers need no token'}`,
    data: resolve(options.data),
    stores: storesInWords(options.stores),
    agent: agent ? "this machine's, every second (--no-agent leaves it out)" : 'none here; agents of other machines push to it',
    stop: 'Ctrl+C',
  };
  const lines = Object.entries(facts).map(([name, fact]) => `  ${name.padEnd(8)} ${fact}`);
  return [`vigie ${version} is up; the page is at the address above.`, ...lines, ''].join('\n');
}

function audience(listen: string): string {
  const host = parseListen(listen)?.host ?? '';
  if (isLoopback(host)) return 'for this machine only';
  return host === '0.0.0.0' || host === '::' ? 'on every address of this machine' : 'for whoever reaches that address';
}

function storesInWords(stores: CollectorOptions['stores']): string {
  return Object.entries(stores)
    .flatMap(([name, options]) => (options === undefined ? [] : [storeInWords(name, options)]))
    .join('; ');
}

function storeInWords(name: string, { url, retention, required }: StoreOptions): string {
  const facts = [
    ...(typeof url === 'string' ? [new URL(url).host] : []),
    ...(typeof retention === 'number' ? [`kept ${Math.round(retention / 86_400_000)} days`] : []),
    ...(required ? [] : ['best-effort']),
  ];
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
}
