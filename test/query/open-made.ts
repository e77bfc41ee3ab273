import { askedOf } from '../../collector/query/asked.ts';
import type { AskedStart } from '../../collector/query/asked.ts';
import type { QuestionLimits, Questions, Route } from '../../collector/query/question.ts';
import { noting, questionOf, taken } from './asking.ts';
import type { Noted, Taken } from './asking.ts';
import { madeReading } from './made-queryable.ts';

/** When questions are asked. */
export const NOW = 1_700_000_000_000;

/** Limits that no test of something else meets. */
export const limits: QuestionLimits = { timeout: 20_000, samples: 10_000_000, lookback: 300_000, points: 11_000, memory: 2 ** 28 };

const up = {
  series: [
    {
      labels: { __name__: 'up', job: 'a' },
      samples: [
        [NOW - 60_000, 1],
        [NOW - 1000, 2],
      ],
    },
    { labels: { __name__: 'up', job: 'b' }, samples: [[NOW - 60_000, 3]] },
  ],
} as const;

/** Questions to a made store, what happened to them, and what was logged. */
export interface Opened {
  readonly questions: Questions;
  readonly noted: Noted;
  readonly logged: string[];
  /** Asks at {@link NOW}, for the values of the label `job` where it is about values, and takes the answer whole. */
  ask(route: Route, parameters: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Taken>;
}

/** Opens a made store with two series of `up`, and asks it in a thread. */
export function openMade(more: Partial<AskedStart> = {}): Opened {
  const noted = noting();
  const logged: string[] = [];
  const questions = askedOf({
    threads: 1,
    concurrency: 20,
    waiting: 20,
    limits,
    events: noted.events,
    reading: () => madeReading(up),
    log: (_level, message) => void logged.push(message),
    ...more,
  });
  return {
    questions,
    noted,
    logged,
    ask: async (route, parameters, signal = new AbortController().signal) =>
      taken(await questions.ask({ ...questionOf(route, parameters), label: 'job', now: NOW }, signal)),
  };
}
