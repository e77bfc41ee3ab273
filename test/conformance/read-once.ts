import { readConfig } from '../../agent/contract/config.ts';
import { Transient, Unavailable } from '../../agent/contract/errors.ts';
import type { Metric } from '../../agent/contract/metric.ts';
import { renderReading } from '../../agent/exposition-text.ts';
import { openGpuBoard } from '../../agent/gpu-board.ts';
import { openHost } from '../../agent/host.ts';
import { samplerKinds } from '../../agent/kinds.gen.ts';
import { openLog } from '../../agent/log.ts';
import { openReadings } from '../../agent/readings.ts';
import type { SamplerKind } from '../../agent/sampler.ts';

// A probe is started as the program that runs, which here is the test runner and no agent: an empty program takes its place.
process.argv[1] = '/dev/null';

/** One value of a reading. */
export interface Value {
  readonly kind: SamplerKind;
  readonly metric: Metric;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How to read once. */
export interface ReadOnceOptions {
  readonly now?: () => number;
  readonly kinds?: readonly SamplerKind[];
  /** Options by sampler, as the configuration would give them. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Reads a machine once with every sampler, as `vigie-agent --once` does: its values, their exposition, and which samplers found nothing to read. */
export async function readOnce(
  root: string,
  { now, kinds = samplerKinds, config = {} }: ReadOnceOptions = {},
): Promise<{
  readonly values: readonly Value[];
  readonly text: string;
  readonly unavailable: readonly string[];
}> {
  const readings = openReadings({});
  const owners = new Map<string, SamplerKind>();
  const unavailable: string[] = [];
  const gpus = openGpuBoard();
  for (const kind of kinds) {
    const context = {
      options: readConfig(kind.options, config[kind.name], kind.name),
      host: openHost(root, now),
      series: (metric: Metric, labels: Readonly<Record<string, string>> = {}) => {
        owners.set(metric.name, kind);
        return readings.series(metric, labels);
      },
      period: 5000,
      gpus,
      log: openLog(() => undefined),
      signal: AbortSignal.timeout(60_000),
    };
    try {
      const sampler = await kind.open(context as never);
      await sampler.sample();
      await sampler.close?.();
      await sampler.close?.();
    } catch (error) {
      // The empty program in a probe's place ends without a word.
      if (error instanceof Transient && error.message.startsWith('probe ')) continue;
      if (!(error instanceof Unavailable)) throw error;
      unavailable.push(kind.name);
    }
  }
  const text = renderReading(readings);
  const values: Value[] = [];
  readings.visit((metric, labels, value) => {
    const kind = owners.get(metric.name);
    if (kind === undefined) throw new Error(`nobody opened ${metric.name}`);
    values.push({ kind, metric, labels, value });
  });
  return { values, text, unavailable };
}
