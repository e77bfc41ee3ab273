import { messageOf, Unavailable } from '../../contract/errors.ts';
import { didYouMean } from '../../contract/near.ts';
import { isPerfEvent } from '../../probe/perf-events.ts';
import type { PerfEvent } from '../../probe/perf-events.ts';
import { openPerf } from '../../probe/perf.ts';
import type { Perf, PerfOptions } from '../../probe/perf.ts';
import { runtimeMetrics } from '../../runtime-metrics.ts';
import type { SamplerContext } from '../../sampler.ts';
import type { JobCgroup } from './job.ts';
import type { JobValues } from './job-values.ts';
import { perfSpecs } from './perf-specs.ts';

/** Counters of what CPUs do for jobs. */
export interface JobPerf {
  /** Asks what a job has counted; the answer is noted when it comes. A job is counted from the first time on. */
  ask(cgroups: readonly JobCgroup[], values: JobValues): void;
  /** Reports whether the child that counts hangs. */
  report(): void;
  close(): void;
}

/** What is counted where nothing else is said. */
export const USUAL_EVENTS: readonly string[] = ['instructions', 'cycles', 'cache_references', 'cache_misses'];

const offered = Object.keys(perfSpecs).map((name) => name.slice('job_'.length, -'_total'.length));

/** What is wrong with the name of an event in the configuration, and how to mend it. */
export function perfEventFault(name: string): { readonly problem: string; readonly suggestion: string } | undefined {
  if (offered.includes(name)) return undefined;
  return { problem: `"${name}" is no event here`, suggestion: `${didYouMean(name, offered)}take some of ${offered.join(', ')}` };
}

/** Different troubles that are told of. */
const KINDS_SAID = 16;

type Context = Pick<SamplerContext<unknown>, 'host' | 'log' | 'series'>;

/** Opens the counters; says why and answers undefined where they are not to be had, which costs nothing but them. */
export function openJobPerf(
  { host, log, series }: Context,
  names: readonly string[],
  command?: PerfOptions['command'],
): JobPerf | undefined {
  const events = names.filter(isPerfEvent);
  const perf = openedOrSaid({ host, events, ...(command === undefined ? {} : { command }) }, log);
  if (perf === undefined) return undefined;
  const hung = series(runtimeMetrics.vigie_agent_probe_hung, { probe: 'perf' });
  const said = new Set<string>();
  const pending = new Set<string>();
  let asked = false;
  let closed = false;
  const say = (why: string): void => {
    // What stands in one job's way stands in the next one's too.
    const what = why.replaceAll(/\/\S+|\d+/g, '…');
    if (!closed && said.size < KINDS_SAID && !said.has(what)) log.warn(`perf counters of jobs: ${why}`);
    said.add(what);
  };
  const note = async (path: string, values: JobValues): Promise<void> => {
    try {
      const counts = await perf.counts(path);
      for (const event of events) values.of(`job_${event}_total` as keyof typeof perfSpecs).note(counts[event] ?? Number.NaN);
      const missing = events.filter((event) => counts[event] === undefined);
      if (missing.length > 0) say(`this machine does not count ${missing.join(', ')}; a virtual one often has no counters of hardware`);
    } catch (error) {
      say(messageOf(error));
    } finally {
      pending.delete(path);
    }
  };
  return {
    ask(cgroups, values) {
      const own =
        cgroups.find(({ controller }) => controller === 'perf_event') ?? cgroups.find(({ controller }) => controller === 'unified');
      if (own === undefined) return say('jobs have no cgroup of the perf_event controller, nor of version 2');
      if (pending.has(own.path)) return;
      pending.add(own.path);
      asked = true;
      void note(own.path, values);
    },
    report() {
      if (asked) hung.set(perf.hung() ? 1 : 0);
    },
    close() {
      closed = true;
      perf.close();
    },
  };
}

function openedOrSaid(options: PerfOptions & { readonly events: readonly PerfEvent[] }, log: Context['log']): Perf | undefined {
  try {
    return openPerf(options);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.warn(`perf counters of jobs: ${messageOf(error)}`);
    return undefined;
  }
}
