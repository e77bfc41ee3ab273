import { setTimeout as pause } from 'node:timers/promises';
import type { Cut, Cutter } from './cutter.ts';
import type { Scene, StoreServer, Victim } from './scene.ts';

/** Everything that is done to the processes and connections. */
export const FAULTS = [
  'agent killed',
  'collector killed',
  'collector killed as it answers',
  'influxd killed',
  'influxd killed as it answers',
  'collector stopped for a while',
  'request cut',
  'answer cut',
  'request to influxd cut',
  'answer of influxd cut',
] as const;
/** A fault by its name in the tally. */
export type Fault = (typeof FAULTS)[number];

/** How often each fault was made. */
export type Tally = Partial<Record<Fault, number>>;

/** What a run of faults is made with. */
export interface FaultPlan {
  readonly faults: number;
  readonly random: () => number;
  /** The longest pause between two faults, milliseconds. */
  readonly pauseMs: number;
}

/** What a fault hits, which takes one fault at a time, and how it is made; that answers whether there was anything to hit. */
type Act = readonly [target: (agent: Victim) => unknown, run: (agent: Victim) => Promise<boolean>];

const LONGEST_DOWN_MS = 2000;
const SHORTEST_STOP_MS = 1000;
const LONGEST_STOP_MS = 3000;
const WITHIN_MS = 10_000;

/** Makes the faults, several at once where they hit different things, and resolves once everything runs again. */
export async function makeFaults(scene: Scene, { faults, random, pauseMs }: FaultPlan): Promise<Tally> {
  const tally: Tally = {};
  const busy = new Map<unknown, Promise<void>>();
  const between = (least: number, most: number): number => least + random() * (most - least);

  const down = (): Promise<void> => pause(between(0, LONGEST_DOWN_MS));
  const kill = async (victim: Victim): Promise<boolean> => {
    await victim.kill();
    await down();
    victim.start();
    return true;
  };
  // The agent has its acknowledgement, and the collector no moment more to do what it has promised.
  const killAnswering = async ({ collector, front }: Scene): Promise<boolean> =>
    (await front.whenAnswered(() => collector.signal('SIGKILL'), WITHIN_MS)) && kill(collector);
  const stop = async ({ collector }: Scene): Promise<boolean> => {
    collector.signal('SIGSTOP');
    await pause(between(SHORTEST_STOP_MS, LONGEST_STOP_MS));
    collector.signal('SIGCONT');
    return true;
  };
  const killInfluxd = async ({ influxd }: StoreServer): Promise<boolean> => {
    await influxd.kill();
    await down();
    await influxd.restart();
    return true;
  };
  const killInfluxdAnswering = async (server: StoreServer): Promise<boolean> =>
    (await server.back.whenAnswered(() => process.kill(server.influxd.pid, 'SIGKILL'), WITHIN_MS)) && killInfluxd(server);

  const onCollector = (run: (scene: Scene) => Promise<boolean>): Act => [() => scene.collector, () => run(scene)];
  const cut = (cutter: Cutter, where: Cut): Act => [() => cutter, () => cutter.cut(where, random(), WITHIN_MS)];
  const acts: Partial<Record<Fault, Act>> = {
    'agent killed': [(agent) => agent, kill],
    'collector killed': onCollector(({ collector }) => kill(collector)),
    'collector killed as it answers': onCollector(killAnswering),
    'collector stopped for a while': onCollector(stop),
    'request cut': cut(scene.front, 'request'),
    'answer cut': cut(scene.front, 'answer'),
  };
  const { store } = scene;
  if (store !== undefined) {
    acts['influxd killed'] = [() => store.influxd, () => killInfluxd(store)];
    acts['influxd killed as it answers'] = [() => store.influxd, () => killInfluxdAnswering(store)];
    acts['request to influxd cut'] = cut(store.back, 'request');
    acts['answer of influxd cut'] = cut(store.back, 'answer');
  }

  let misses = 0;
  const make = async (fault: Fault, target: unknown, run: Promise<boolean>): Promise<void> => {
    const hit = await run;
    busy.delete(target);
    if (hit) tally[fault] = (tally[fault] ?? 0) + 1;
    else if (++misses > faults) throw new Error(`${misses} times there was nothing to hit: the agents do not send`);
    else bag.push(fault);
  };

  // All kinds come equally often, in random order; a fault that found nothing to hit comes again.
  const kinds = FAULTS.filter((fault) => acts[fault] !== undefined);
  const bag = shuffled(
    Array.from({ length: faults }, (_, at) => kinds[at % kinds.length] as Fault),
    random,
  );
  while (bag.length > 0 || busy.size > 0) {
    const agent = scene.agents[Math.floor(random() * scene.agents.length)] as Victim;
    const at = bag.findIndex((fault) => !busy.has(acts[fault]?.[0](agent)));
    const [fault] = at < 0 ? [] : bag.splice(at, 1);
    const act = fault === undefined ? undefined : acts[fault];
    if (fault === undefined || act === undefined) {
      await Promise.race(busy.values());
      continue;
    }
    const target = act[0](agent);
    busy.set(target, make(fault, target, act[1](agent)));
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
