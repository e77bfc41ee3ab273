import { setTimeout as pause } from 'node:timers/promises';
import type { Cut, Cutter } from './cutter.ts';
import type { Scene, Victim } from './scene.ts';

/** Everything that is done to the processes and connections. */
export const FAULTS = [
  'agent killed',
  'collector killed',
  'influxd killed',
  'collector stopped for a while',
  'request cut',
  'answer cut',
  'request to influxd cut',
  'answer of influxd cut',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How often each fault was made. */
export type Tally = Record<Fault, number>;

/** What a run of faults is made with. */
export interface FaultPlan {
  readonly faults: number;
  readonly random: () => number;
  /** The longest pause between two faults, milliseconds. */
  readonly pauseMs: number;
}

/** A fault that can be made now; a target takes one at a time. */
interface Action {
  readonly target: unknown;
  /** Answers whether there was anything to hit. */
  readonly run: () => Promise<boolean>;
}

const LONGEST_DOWN_MS = 2000;
const SHORTEST_STOP_MS = 1000;
const LONGEST_STOP_MS = 3000;
const CUT_WITHIN_MS = 10_000;

/** Makes the faults, several at once where they hit different things, and resolves once everything runs again. */
export async function makeFaults(scene: Scene, { faults, random, pauseMs }: FaultPlan): Promise<Tally> {
  const tally = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Tally;
  const busy = new Map<unknown, Promise<void>>();
  const between = (least: number, most: number): number => least + random() * (most - least);

  const kill = async (victim: Victim): Promise<boolean> => {
    await victim.kill();
    await pause(between(0, LONGEST_DOWN_MS));
    victim.start();
    return true;
  };
  const killInfluxd = async (): Promise<boolean> => {
    await scene.influxd.kill();
    await pause(between(0, LONGEST_DOWN_MS));
    await scene.influxd.restart();
    return true;
  };
  const stop = async (): Promise<boolean> => {
    scene.collector.signal('SIGSTOP');
    await pause(between(SHORTEST_STOP_MS, LONGEST_STOP_MS));
    scene.collector.signal('SIGCONT');
    return true;
  };
  const onCollector = (run: () => Promise<boolean>): Action => ({ target: scene.collector, run });
  const cut = (cutter: Cutter, where: Cut): Action => ({ target: cutter, run: () => cutter.cut(where, random(), CUT_WITHIN_MS) });
  const acts: Record<Fault, (agent: Victim) => Action> = {
    'agent killed': (agent) => ({ target: agent, run: () => kill(agent) }),
    'collector killed': () => onCollector(() => kill(scene.collector)),
    'influxd killed': () => ({ target: scene.influxd, run: killInfluxd }),
    'collector stopped for a while': () => onCollector(stop),
    'request cut': () => cut(scene.front, 'request'),
    'answer cut': () => cut(scene.front, 'answer'),
    'request to influxd cut': () => cut(scene.back, 'request'),
    'answer of influxd cut': () => cut(scene.back, 'answer'),
  };

  let misses = 0;
  const make = async (fault: Fault, { target, run }: Action): Promise<void> => {
    const hit = await run();
    busy.delete(target);
    if (hit) tally[fault]++;
    else if (++misses > faults) throw new Error(`${misses} times there was nothing to cut: the agents do not send`);
    else bag.push(fault);
  };

  // All kinds come equally often, in random order; a cut that found nothing to cut comes again.
  const bag = shuffled(
    Array.from({ length: faults }, (_, at) => FAULTS[at % FAULTS.length] as Fault),
    random,
  );
  while (bag.length > 0 || busy.size > 0) {
    const agent = scene.agents[Math.floor(random() * scene.agents.length)] as Victim;
    const at = bag.findIndex((fault) => !busy.has(acts[fault](agent).target));
    if (at < 0) {
      await Promise.race(busy.values());
      continue;
    }
    const [fault] = bag.splice(at, 1) as [Fault];
    const action = acts[fault](agent);
    busy.set(action.target, make(fault, action));
    await pause(between(0, pauseMs));
  }
  return tally;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
