import { messageOf, Unavailable } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import type { Candidate, PowerReading, PowerSource } from './source.ts';

/** The one source in use, out of several. */
export interface Choice {
  readonly source: PowerSource;
  /** What the source in use has new; changes to another one where it has been silent for long, or where a better one has come. Throws `Unavailable` where none is left. */
  take(now: number): PowerReading | undefined;
  close(): void;
}

// A source in use is left after three of its periods without a value, and never for a hiccup; a better one is tried every five minutes.
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 300_000;

interface Tried {
  readonly rank: number;
  readonly source: PowerSource;
  /** When it last told watts, or was opened. */
  aliveAt: number;
}

/** Chooses among candidates, best first. Throws `Unavailable`, with everyone's reason, where there is none. */
export function chooseSource(candidates: readonly Candidate[], openedAt: number, log: Log): Choice {
  const open = (ranks: readonly number[], now: number): Tried => {
    const reasons = new Set<string>();
    for (const rank of ranks) {
      const candidate = candidates[rank];
      if (candidate === undefined) continue;
      try {
        return { rank, source: candidate.open(), aliveAt: now };
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        reasons.add(messageOf(error));
      }
    }
    throw new Unavailable(`nothing tells what the node draws: ${[...reasons].join('; ')}`);
  };
  const ranks = candidates.map((_, rank) => rank);
  let current = open(ranks, openedAt);
  let rival: Tried | undefined;
  let lookedAt = openedAt;

  const change = (to: Tried): void => {
    const { name } = current.source;
    current.source.close();
    current = to;
    if (to.source.name !== name) log.info(`node power is read from ${to.source.name}, no more from ${name}`);
  };
  // Better ones are tried beside the one in use, which stays until they have told watts.
  const tryBetter = (from: number, now: number): void => {
    rival?.source.close();
    rival = undefined;
    lookedAt = now;
    try {
      rival = open(ranks.slice(from, current.rank), now);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  };

  const leave = (now: number): void => {
    rival?.source.close();
    rival = undefined;
    lookedAt = now;
    const { rank, source } = current;
    // First closed, because it may be the one that is opened again.
    source.close();
    current = open([...ranks.slice(rank + 1), ...ranks.slice(0, rank + 1)], now);
    if (current.rank !== rank) log.warn(`node power is read from ${current.source.name}, because ${source.name} tells nothing`);
  };

  return {
    get source() {
      return current.source;
    },
    take(now) {
      if (rival === undefined && current.rank > 0 && Math.abs(now - lookedAt) >= LOOK_AGAIN_MS) tryBetter(0, now);
      const better = rival === undefined ? undefined : ask(rival, now);
      if (rival !== undefined && tells(better)) {
        change(rival);
        rival = undefined;
        return better;
      }
      if (rival !== undefined && isSilent(rival, now)) tryBetter(rival.rank + 1, now);
      const reading = ask(current, now);
      if (tells(reading) || !isSilent(current, now)) return reading;
      leave(now);
      return undefined;
    },
    close() {
      current.source.close();
      rival?.source.close();
    },
  };
}

function ask(tried: Tried, now: number): PowerReading | undefined {
  const reading = tried.source.read(now);
  if (tells(reading)) tried.aliveAt = now;
  return reading;
}

function tells(reading: PowerReading | undefined): boolean {
  return reading !== undefined && !Number.isNaN(reading.watts);
}

function isSilent({ aliveAt, source }: Tried, now: number): boolean {
  return Math.abs(now - aliveAt) > Math.max(PATIENCE_MS, 3 * source.periodMs);
}
