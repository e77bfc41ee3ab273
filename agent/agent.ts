import { stretched } from './budget.ts';
import type { Clock } from './clock.ts';
import type { AgentConfig } from './config.ts';
import { familyIfAny } from './family.ts';
import { openGpuBoard } from './gpu-board.ts';
import type { Host } from './host.ts';
import { keepToBudget } from './keep-to-budget.ts';
import type { BudgetKeeperOptions } from './keep-to-budget.ts';
import type { Log } from './log.ts';
import { nodeLabels, openSampler } from './open-sampler.ts';
import { openOwnMetrics } from './own-metrics.ts';
import { startPushes } from './pushes.ts';
import { openReadings } from './readings.ts';
import { startSchedule } from './schedule.ts';
import { defaultSpoolDir } from './spool/default-dir.ts';
import { openQueue } from './spool/queue.ts';
import { openSpool } from './spool/spool.ts';
import { openToken } from './token.ts';
import { openCollectors } from './transport/collectors.ts';
import { startSender } from './transport/sender.ts';

/** A running agent. */
export interface Agent {
  /** Takes along what is in memory: into the spool, and to the collector if that answers within two seconds. */
  stop(): Promise<void>;
}

/** What an agent is started with; tests give their own machine, clock and CPU time. */
export interface AgentOptions {
  readonly config: AgentConfig;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process itself costs. */
  readonly own?: BudgetKeeperOptions['own'];
}

const LAST_SEND_MS = 2000;

/**
 * Starts the flow: schedule, samplers, readings, batches, spool, collector.
 *
 * @throws SpoolInUse where another agent has the spool; ConfigError where the token cannot be read.
 */
export function startAgent({ config, host, clock, log, env, own = processCost }: AgentOptions): Agent {
  const { period, push } = config;
  const token = openToken(config.tokenFile);
  const dir = config.spool.dir ?? defaultSpoolDir(config.instance, env);
  const queue = openQueue({
    openSpool: (onTrouble) => openSpool({ dir, maxBytes: config.spool.maxBytes, onTrouble }),
    log,
    monotonic: clock.monotonic,
  });
  const collectors = openCollectors({ urls: config.collector, agentId: queue.id, token, monotonic: clock.monotonic });
  const sender = startSender({ queue, collectors, clock, log, backlogRate: config.backlogRate });
  const readings = openReadings(nodeLabels(config));
  const ending = new AbortController();
  const gpus = openGpuBoard();
  const samplers = config.samplers.map((enabled) => ({
    period: enabled.period,
    supervised: openSampler(enabled, { host, readings, clock, log, gpus, signal: ending.signal }),
  }));
  const family = familyIfAny(host);
  const budget = keepToBudget({
    budget: config.budget,
    period,
    clock,
    log,
    own,
    family,
    samplers: samplers.map(({ supervised }) => supervised),
    // In a recorded machine, or seen from a container, the numbers are another's processes.
    end: (pid) => void (host.root === '/' && process.kill(pid, 'SIGTERM')),
  });
  const slowed = (): number => stretched(period, budget.slowdown);
  const every = (): number => Math.max(push, slowed());
  const pushes = startPushes({
    readings,
    clock,
    every,
    period: slowed,
    phase: Number.parseInt(queue.id.slice(0, 8), 16) / 2 ** 32,
    put(payload, values) {
      queue.put(payload, values);
      sender.wake();
    },
  });
  const report = openOwnMetrics({
    readings,
    samplers: samplers.map(({ supervised }) => supervised),
    queue,
    sender,
    rounds: () => schedule,
    period: slowed,
    push: every,
    budget,
    limits: config.budget,
  });
  const schedule = startSchedule({
    clock,
    period,
    samplers,
    slowdown: () => budget.slowdown,
    beforeEnd: report,
    end(time) {
      readings.endRound(time);
      pushes.roundEnded();
      if (budget.roundEnded()) schedule.realign();
    },
  });
  log.info(`${config.instance} reports to ${config.collector.join(', ')} every ${push / 1000} s; spool in ${dir}`);

  return {
    async stop() {
      schedule.stop();
      ending.abort();
      pushes.stop();
      pushes.flush();
      await Promise.all([sender.stop(LAST_SEND_MS), ...samplers.map(({ supervised }) => supervised.close())]);
      family?.close();
      collectors.close();
      queue.close();
    },
  };
}

const processCost: BudgetKeeperOptions['own'] = {
  cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  },
  bytes: () => process.memoryUsage.rss(),
};
