import type { BudgetKeeper } from './keep-to-budget.ts';
import type { Readings } from './readings.ts';
import { runtimeMetrics as metrics } from './runtime-metrics.ts';
import type { Series } from './sampler.ts';
import type { BatchQueue } from './spool/queue.ts';
import type { Sender } from './transport/sender.ts';
import type { Supervised } from './supervised.ts';
import type { Rounds } from './rounds.ts';

/** What the agent's parts say of themselves. */
export interface OwnMetricsOptions {
  readonly readings: Readings;
  readonly samplers: readonly Supervised[];
  readonly queue: BatchQueue;
  readonly sender: Sender;
  readonly rounds: () => Rounds | undefined;
  /** Milliseconds at present. */
  readonly period: () => number;
  /** Milliseconds at present. */
  readonly push: () => number;
  readonly budget: Pick<BudgetKeeper, 'slowdown' | 'over'>;
  /** Share of one core, and bytes. */
  readonly limits: { readonly cpu: number; readonly memory: number };
}

/** Opens the agent's metrics of itself; the answer sets them for the round being taken. */
export function openOwnMetrics({ readings, samplers, queue, sender, rounds, period, push, budget, limits }: OwnMetricsOptions): () => void {
  const own = (metric: (typeof metrics)[keyof typeof metrics], labels: Readonly<Record<string, string>> = {}): Series =>
    readings.series(metric, labels);
  const readOuts: (() => void)[] = [];
  const show = (series: Series, value: () => number): void => void readOuts.push(() => series.set(value()));
  const dropped = (reason: string): Series => own(metrics.vigie_agent_batches_dropped_total, { reason });

  show(own(metrics.vigie_agent_period_seconds), () => period() / 1000);
  show(own(metrics.vigie_agent_push_seconds), () => push() / 1000);
  show(own(metrics.vigie_agent_slowdown), () => budget.slowdown);
  show(own(metrics.vigie_agent_budget_cpu_ratio), () => limits.cpu);
  show(own(metrics.vigie_agent_budget_memory_bytes), () => limits.memory);
  for (const resource of ['cpu', 'memory'] as const) {
    show(own(metrics.vigie_agent_over_budget, { resource }), () => (budget.over[resource] ? 1 : 0));
  }
  show(own(metrics.vigie_agent_overruns_total), () => rounds()?.overruns ?? 0);
  show(own(metrics.vigie_agent_clock_jumps_total), () => rounds()?.jumps ?? 0);
  show(own(metrics.vigie_agent_spool_bytes), () => queue.bytes);
  show(own(metrics.vigie_agent_spool_batches), () => queue.waiting);
  show(own(metrics.vigie_agent_spool_corrupt_records_total), () => queue.damaged);
  show(own(metrics.vigie_agent_batches_sent_total), () => sender.sent);
  show(own(metrics.vigie_agent_batches_failed_total), () => sender.failed);
  show(own(metrics.vigie_agent_values_sent_total), () => sender.valuesSent);
  show(dropped('refused'), () => sender.refused);
  show(dropped('partial'), () => sender.partlyStored);
  show(dropped('spool_full'), () => queue.pushedOutOfSpool);
  show(dropped('memory_full'), () => queue.pushedOutOfMemory);
  for (const sampler of samplers) readOuts.push(samplerReadOut(own, sampler));
  return () => {
    for (const readOut of readOuts) readOut();
  };
}

type Own = (metric: (typeof metrics)[keyof typeof metrics], labels: Readonly<Record<string, string>>) => Series;

// A source that has never been here says nothing: it is no fault of this node that it has no GPU.
function samplerReadOut(own: Own, sampler: Supervised): () => void {
  const labels = { sampler: sampler.name };
  const open = (): readonly (readonly [Series, () => number])[] => [
    [own(metrics.vigie_agent_sampler_up, labels), () => (sampler.up === true ? 1 : 0)],
    [own(metrics.vigie_agent_sampler_seconds_total, labels), () => Math.round(sampler.seconds * 1e6) / 1e6],
    [own(metrics.vigie_agent_sampler_errors_total, labels), () => sampler.errors],
    [own(metrics.vigie_agent_sampler_skips_total, labels), () => sampler.skips],
  ];
  let shown: ReturnType<typeof open> | undefined;
  return () => {
    if (sampler.up === undefined && sampler.errors === 0) return;
    for (const [series, value] of (shown ??= open())) series.set(value());
  };
}
