import type { Clock } from '../clock.ts';
import type { EnabledSampler } from '../config.ts';
import { messageOf, Unavailable } from '../contract/errors.ts';
import { openGpuBoard } from '../gpu-board.ts';
import type { Host } from '../host.ts';
import type { Log } from '../log.ts';
import { openReadings } from '../readings.ts';
import type { Sampler, SamplerKind } from '../sampler.ts';
import type { Row } from './row.ts';
import { within } from './within.ts';

/** With what the sources are looked at. */
export interface SourcesOptions {
  /** Every sampler there is. */
  readonly kinds: readonly SamplerKind[];
  /** Those that the configuration lets run. */
  readonly enabled: readonly EnabledSampler[];
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
}

// As long as the slowest source may take to open: the inventory of the machine.
const DEADLINE_MS = 25_000;

/** What each sampler finds on this node: it looks for itself where it can, else it is opened and read once. */
export async function examineSources({ kinds, enabled, host, clock, log }: SourcesOptions): Promise<readonly Row[]> {
  const rows = kinds.map(async (kind): Promise<readonly Row[]> => {
    const own = enabled.find((candidate) => candidate.kind.name === kind.name);
    if (own === undefined) {
      return [
        { state: 'off', name: kind.name, why: 'switched off in the configuration', fix: `samplers: { ${kind.name}: { enabled: true } }` },
      ];
    }
    try {
      return await within(clock, DEADLINE_MS, examine(own, host, clock, log));
    } catch (error) {
      if (error instanceof Unavailable) return [{ state: own.asked ? 'broken' : 'missing', name: kind.name, why: messageOf(error) }];
      return [{ state: 'broken', name: kind.name, why: messageOf(error) }];
    }
  });
  return (await Promise.all(rows)).flat();
}

async function examine(enabled: EnabledSampler, host: Host, clock: Clock, log: Log): Promise<readonly Row[]> {
  const { kind, options, asked } = enabled;
  const findings = await kind.examine?.(host, options);
  if (findings === undefined || findings.length === 0) return [await readOnce(enabled, host, log)];
  const works = findings.some(({ found }) => found);
  return findings.map(({ source, found, why, fix }) => {
    const lacking = asked && !works ? 'broken' : 'missing';
    return { state: found ? 'found' : lacking, name: kind.name, why: `${source}: ${why}`, fix: found ? undefined : fix };
  });
}

async function readOnce({ kind, options, period }: EnabledSampler, host: Host, log: Log): Promise<Row> {
  const readings = openReadings({});
  const ending = new AbortController();
  let sampler: Sampler | undefined;
  try {
    sampler = await kind.open({
      options,
      host,
      period,
      log,
      gpus: openGpuBoard(),
      signal: ending.signal,
      series: (metric, labels?: Readonly<Record<string, string>>) => readings.series(metric, labels ?? {}),
    });
    await sampler.sample();
    let series = 0;
    readings.visit(() => void series++);
    return { state: 'found', name: kind.name, why: series === 1 ? 'one series' : `${series} series` };
  } finally {
    ending.abort();
    await sampler?.close?.();
  }
}
