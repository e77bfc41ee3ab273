import type { Bmc } from './client.ts';
import { discover } from './discover.ts';
import type { Plan } from './discover.ts';
import { RedfishFault } from './fault.ts';
import type { Reading } from './readings.ts';

/** A BMC being asked again and again. */
export interface Polls {
  /** Asks once. A part that failed is told beside what was read. Throws RedfishFault where nothing was. */
  poll(): Promise<Poll>;
}

/** What one asking brought. */
export interface Poll {
  readonly readings: readonly Reading[];
  /** Why a part of it is missing. */
  readonly fault: RedfishFault | undefined;
}

/** A BMC that shows no watts is looked through again after this long: its node may have been off. */
const LOOK_AGAIN_MS = 600_000;

/** Asks a BMC by a plan that is made at the first asking, and anew when a part of it is no longer there. */
export function openPolls(bmc: Pick<Bmc, 'get'>, chassis: string | undefined, now: () => number = Date.now): Polls {
  let plan: Plan | undefined;
  let lookAgainAt = 0;
  return {
    async poll() {
      if (plan === undefined || (!plan.power && now() >= lookAgainAt)) {
        plan = await discover(bmc.get, chassis);
        lookAgainAt = now() + LOOK_AGAIN_MS;
      }
      const readings: Reading[] = [];
      let fault: RedfishFault | undefined;
      // One after the other: a BMC is a small machine.
      for (const source of plan.sources) {
        try {
          readings.push(...source.read(await bmc.get(source.path)));
        } catch (error) {
          if (!(error instanceof RedfishFault)) throw error;
          fault ??= error;
          if (error.reason === 'missing') plan = undefined;
          // Who does not answer now would be waited for again and again.
          if (error.reason !== 'missing' && error.reason !== 'status' && error.reason !== 'json') break;
        }
      }
      if (readings.length === 0 && fault !== undefined) throw fault;
      return { readings, fault };
    },
  };
}
