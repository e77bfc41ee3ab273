import { exported } from '../../collector.ts';
import type { Answered } from './judge.ts';
import { MEASUREMENT } from './oracle.ts';
import type { OracleSeries } from './oracle.ts';

/** Asks a store for a series. */
export type Ask = (series: OracleSeries) => Promise<Answered>;

/** The embedded store, through the collector. */
export function askCollector(url: string): Ask {
  return async ({ node, part, field }) => {
    const found = await exported(url, `${MEASUREMENT}_${field}{instance="${node}",part="${part}"}`);
    // Answered twice, a series is doubled as a whole.
    return { times: found.flatMap(({ timestamps }) => timestamps), values: found.flatMap(({ values }) => values) };
  };
}

interface InfluxAnswer {
  readonly error?: string;
  readonly results?: readonly {
    readonly error?: string;
    readonly series?: readonly { readonly values: readonly (readonly [number, number | null])[] }[];
  }[];
}

/** InfluxDB, in InfluxQL. */
export function askInflux(url: string, database: string): Ask {
  return async ({ node, part, field }) => {
    const query = `SELECT "${field}" FROM "${MEASUREMENT}" WHERE "instance" = '${node}' AND "part" = '${part}'`;
    const answer = await fetch(`${url}/query?${new URLSearchParams({ db: database, epoch: 'ms', q: query }).toString()}`, {
      signal: AbortSignal.timeout(60_000),
    });
    const { error, results = [] } = (await answer.json()) as InfluxAnswer;
    const fault = error ?? results[0]?.error;
    if (fault !== undefined) throw new Error(`InfluxDB: ${fault}`);
    const rows = results.flatMap(({ series = [] }) => series.flatMap(({ values }) => values));
    return { times: rows.map(([time]) => time), values: rows.map(([, value]) => value) };
  };
}
