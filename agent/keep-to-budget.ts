import { keepBudget } from './budget.ts';
import type { Budget, Look } from './budget.ts';
import type { Clock } from './clock.ts';
import { messageOf } from './contract/errors.ts';
import type { ChildCost, Family, FamilyCost } from './family.ts';
import type { Log } from './log.ts';

/** What the agent does about its budget. */
export interface BudgetKeeper {
  readonly slowdown: number;
  readonly over: Budget['over'];
  /** To be called every round; whether the periods have changed. */
  roundEnded(): boolean;
}

/** What is kept to which budget, and what it is made of. */
export interface BudgetKeeperOptions {
  /** Share of one core, and bytes. */
  readonly budget: { readonly cpu: number; readonly memory: number };
  /** Milliseconds. */
  readonly period: number;
  readonly clock: Clock;
  readonly log: Log;
  /** What the agent's own process costs. */
  readonly own: { readonly cpuSeconds: () => number; readonly bytes: () => number };
  readonly family: Family | undefined;
  readonly samplers: readonly { readonly name: string; readonly seconds: number }[];
  /** Ends a child, which whoever started it starts anew. */
  readonly end: (pid: number) => void;
}

const NO_FAMILY: FamilyCost = { cpuSeconds: 0, bytes: 0, children: [] };
/** How many of the costliest are named. */
const NAMED = 3;
/** A child that has grown by less is not worth the gap that its new start leaves. */
const LEAST_GROWTH = 16 * 2 ** 20;

/**
 * Keeps to the budget: CPU by longer periods; memory by starting a child anew that has doubled since it settled, because a driver's
 * library that leaks is mended by that and by nothing else. Whatever it does or cannot do it says, with what costs most.
 */
export function keepToBudget(options: BudgetKeeperOptions): BudgetKeeper {
  const { budget, period, clock, log, own, family, samplers, end } = options;
  const settled = new Map<number, number>();
  const before = new Map<string, number>();
  let latest = NO_FAMILY;
  let lookedAt = clock.monotonic();
  let most = '';
  const keeper = keepBudget({
    share: budget.cpu,
    memory: budget.memory,
    period,
    clock,
    cost() {
      latest = family?.read() ?? NO_FAMILY;
      most = costliest((clock.monotonic() - lookedAt) / 1000);
      lookedAt = clock.monotonic();
      return { cpu: own.cpuSeconds() + latest.cpuSeconds, memory: own.bytes() + latest.bytes };
    },
  });

  const hasGrown = ({ pid, bytes }: ChildCost): boolean => {
    const first = settled.get(pid) ?? bytes;
    return bytes >= Math.max(2 * first, first + LEAST_GROWTH);
  };
  const lightenMemory = ({ memory, memoryTurned }: Look): void => {
    for (const pid of settled.keys()) if (!latest.children.some((child) => child.pid === pid)) settled.delete(pid);
    for (const { pid, bytes } of latest.children) if (!settled.has(pid)) settled.set(pid, bytes);
    const grown = keeper.over.memory ? fattest(latest.children.filter(hasGrown)) : undefined;
    if (memoryTurned || grown !== undefined)
      log[keeper.over.memory ? 'warn' : 'info'](memoryText(memory, budget.memory, own.bytes(), latest.children, grown));
    if (grown === undefined) return;
    settled.delete(grown.pid);
    try {
      end(grown.pid);
    } catch (error) {
      log.warn(`${grown.name} could not be ended: ${messageOf(error)}`);
    }
  };

  function costliest(elapsedSeconds: number): string {
    const costs = [
      ...samplers.map(({ name, seconds }) => ({ name, seconds })),
      ...latest.children.map(({ pid, name, cpuSeconds }) => ({ name: `${name} (${pid})`, seconds: cpuSeconds })),
    ].map(({ name, seconds }) => ({ name, spent: seconds - (before.get(name) ?? 0), seconds }));
    before.clear();
    for (const { name, seconds } of costs) before.set(name, seconds);
    return costs
      .filter(({ spent }) => spent > 0)
      .sort((a, b) => b.spent - a.spent)
      .slice(0, NAMED)
      .map(({ name, spent }) => `${name} ${percent(spent / elapsedSeconds)}`)
      .join(', ');
  }

  return {
    get slowdown() {
      return keeper.slowdown;
    },
    over: keeper.over,
    roundEnded() {
      const look = keeper.check();
      if (look === undefined) return false;
      lightenMemory(look);
      if (look.stretched) log.warn(`periods are ${stretchText(keeper, look, budget.cpu, most)}`);
      return look.stretched;
    },
  };
}

function stretchText({ slowdown, over }: Budget, { cpu }: Look, share: number, most: string): string {
  const factor = slowdown === 1 ? 'as configured again' : `stretched ${slowdown} times`;
  const last = `the last minute cost ${percent(cpu)} of a core, the budget is ${percent(share)}`;
  return `${factor}: ${last}${over.cpu && most !== '' ? `; most of it: ${most}` : ''}`;
}

function memoryText(memory: number, budget: number, own: number, children: readonly ChildCost[], grown: ChildCost | undefined): string {
  const parts = [`agent ${mebibytes(own)}`, ...children.map(({ name, bytes }) => `${name} ${mebibytes(bytes)}`)].join(', ');
  const total = `the agent takes ${mebibytes(memory)} of memory, the budget is ${mebibytes(budget)} (${parts})`;
  if (grown !== undefined) return `${total}; ${grown.name} has doubled and is started anew`;
  return memory > budget ? `${total}; raise budget.memory, or turn off a sampler that takes it` : total;
}

function fattest(children: readonly ChildCost[]): ChildCost | undefined {
  return [...children].sort((a, b) => b.bytes - a.bytes)[0];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
