import { messageOf } from '../../agent/contract/errors.ts';
import { openBmc } from './client.ts';
import type { Bmc } from './client.ts';
import { RedfishFault } from './fault.ts';
import type { FaultReason } from './fault.ts';
import type { RedfishOptions, Target } from './fields.ts';
import { linesOf } from './lines.ts';
import { openPolls } from './polls.ts';
import type { Polls } from './polls.ts';
import { taskSlots } from './slots.ts';

/** BMCs that are being polled. */
export interface RedfishPoller {
  /** BMCs by whether their last poll brought something; one not polled yet is neither. */
  states(): Readonly<Record<'answering' | 'failing', number>>;
  /** Asks no more, waits for nothing but logging out. */
  close(): Promise<void>;
}

/** What happens to polls, for the collector's own metrics. */
export interface RedfishEvents {
  polled(seconds: number): void;
  pollFailed(reason: FaultReason): void;
}

/** What the poller needs of the collector. */
export interface RedfishContext {
  readonly options: RedfishOptions;
  /** Stores lines (timestamps in milliseconds) as a post would be; rejects where a required store does not have them. */
  readonly write: (text: Buffer, signal: AbortSignal) => Promise<void>;
  readonly events: RedfishEvents;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
  readonly now?: () => number;
  /** Where in its period each BMC has its place, 0 to 1. */
  readonly random?: () => number;
}

const LONGEST_PAUSE_MS = 600_000;

/**
 * Polls every BMC at its own moment of the period. What cannot be stored is lost and counted: the collector keeps no queue.
 *
 * @throws Error where a file of the configuration cannot be used.
 */
export function startRedfish(context: RedfishContext): RedfishPoller {
  const { options, random = Math.random } = context;
  const ending = new AbortController();
  const slot = taskSlots(options.concurrency);
  const watched = options.targets.map((target) => {
    const bmc = openBmc(target, options.timeout, ending.signal);
    return { bmc, ...watchBmc(context, target, bmc, slot, ending.signal) };
  });
  for (const one of watched) one.start(random() * options.period);
  return {
    states() {
      const states = { answering: 0, failing: 0 };
      for (const { failures } of watched) {
        const failed = failures();
        if (failed !== undefined) states[failed === 0 ? 'answering' : 'failing']++;
      }
      return states;
    },
    async close() {
      for (const one of watched) one.stop();
      // Logging out needs requests, so they end before the signal does.
      const loggedOut = Promise.all(watched.map(({ bmc }) => bmc.close()));
      ending.abort();
      await loggedOut;
    },
  };
}

/** The pause after so many failures in a row: the period, doubled each time, to 10 minutes. */
export function pauseAfter(failures: number, period: number): number {
  return Math.max(period, Math.min(period * 2 ** failures, LONGEST_PAUSE_MS));
}

function watchBmc(context: RedfishContext, target: Target, bmc: Bmc, slot: ReturnType<typeof taskSlots>, signal: AbortSignal) {
  const { options, now = Date.now } = context;
  const { period } = options;
  const polls = openPolls(bmc, target.chassis, now);
  let failures: number | undefined;
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  const tell = (fault: RedfishFault | undefined, next: number): void => {
    const what = fault === undefined ? '' : `${fault.reason}: ${messageOf(fault)}`;
    if (what === told || signal.aborted) return;
    if (fault === undefined) context.log('info', `redfish ${target.node}: answers again`);
    else context.log('warning', `redfish ${target.node} (${target.url}): ${what}; asked again in ${Math.round(next / 1000)} s`);
    told = what;
  };
  const round = async (): Promise<void> => {
    let fault: RedfishFault | undefined;
    try {
      fault = await slot(() => pollOnce(context, target, polls, now, signal));
      failures = 0;
    } catch (error) {
      fault = error instanceof RedfishFault ? error : new RedfishFault('status', messageOf(error), { cause: error });
      // That the stores are away is no reason to leave the BMC alone.
      failures = fault.reason === 'store' ? 0 : (failures ?? 0) + 1;
    }
    if (signal.aborted) return;
    if (fault !== undefined) context.events.pollFailed(fault.reason);
    const pause = pauseAfter(failures, period);
    tell(fault, pause);
    arm(pause);
  };
  const arm = (pause: number): void => {
    // Its moment of the period stays its own; moments that passed while it was waited for are left out.
    due += pause;
    const late = performance.now() - due;
    if (late > 0) due += Math.ceil(late / period) * period;
    timer = setTimeout(() => void round(), Math.max(0, due - performance.now()));
  };
  return {
    failures: () => failures,
    start(phase: number) {
      due = performance.now();
      arm(phase);
    },
    stop: () => clearTimeout(timer),
  };
}

async function pollOnce(
  context: RedfishContext,
  target: Target,
  polls: Polls,
  now: () => number,
  signal: AbortSignal,
): Promise<RedfishFault | undefined> {
  const began = performance.now();
  try {
    const { readings, fault } = await polls.poll();
    const text = linesOf(readings, { cluster: context.options.cluster, instance: target.node }, now());
    if (text.length > 0) {
      await context.write(text, signal).catch((error: unknown) => {
        throw new RedfishFault('store', 'what was read is not stored', { cause: error });
      });
    }
    return fault;
  } finally {
    context.events.polled((performance.now() - began) / 1000);
  }
}
