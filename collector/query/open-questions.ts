import { QueryError } from '../promql/query-error.ts';
import type { Reading } from '../stores/reading.ts';
import type { Store } from '../stores/store.ts';
import { askedOf } from './asked.ts';
import { proxied } from './proxied.ts';
import type { QuestionEvents, QuestionLimits, Questions } from './question.ts';

/** What questions are opened with. */
export interface QuestionsStart {
  /** The first that can be asked is. */
  readonly stores: readonly Store[];
  readonly options: QuestionLimits & { readonly threads: number; readonly concurrency: number };
  readonly events: QuestionEvents;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
}

/** Questions that may wait for each that is answered; what comes then is refused. */
const WAITING = 10;

/** Opens a way to ask a collector's stores. */
export function openQuestions({ stores, options, events, log }: QuestionsStart): Questions {
  const [store, first] = firstReading(stores) ?? [];
  if (store === undefined || first === undefined) return nothing();
  const { threads, concurrency, ...limits } = options;
  const common = { concurrency, waiting: WAITING * concurrency, events };
  if (first.kind === 'proxy') {
    return proxied({ ...common, timeout: limits.timeout, server: () => of(store, 'proxy') });
  }
  // What the first reading opened is for the first thread.
  let unused: typeof first | undefined = first;
  const reading = (): typeof first => {
    const taken = unused ?? of(store, 'queryable');
    unused = undefined;
    return taken;
  };
  return askedOf({ ...common, threads, limits, reading, log });
}

function firstReading(stores: readonly Store[]): [Store, Reading] | undefined {
  for (const store of stores) {
    const reading = store.reading?.();
    if (reading !== undefined) return [store, reading];
  }
  return undefined;
}

function of<Kind extends Reading['kind']>(store: Store, kind: Kind): Extract<Reading, { kind: Kind }> {
  const reading = store.reading?.();
  if (reading?.kind === kind) return reading as Extract<Reading, { kind: Kind }>;
  throw new QueryError('unavailable', `the ${store.name} store cannot be asked now`);
}

function nothing(): Questions {
  return {
    ask: () => Promise.reject(new QueryError('unavailable', 'no store is configured that can be asked')),
    running: 0,
    waiting: 0,
    close: () => Promise.resolve(),
  };
}
