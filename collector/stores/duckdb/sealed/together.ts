/** Answers questions that are asked at the same time together. */
export type Together<Question, Answered> = (question: Question, signal: AbortSignal) => Promise<Answered>;

interface Waiting<Question, Answered> {
  readonly question: Question;
  readonly signal: AbortSignal;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects questions until whoever asks waits, and has at most `most` of those with the same key answered at once. Where that fails, each is
 * asked by itself, so that it fails only for whom it has to.
 */
export function together<Question, Answered>(
  keyOf: (question: Question) => string,
  most: number,
  answer: (questions: readonly Question[], signal: AbortSignal) => Promise<readonly Answered[]>,
): Together<Question, Answered> {
  let waiting: Waiting<Question, Answered>[] = [];

  const run = async (some: readonly Waiting<Question, Answered>[]): Promise<void> => {
    const signals = new Set(some.map(({ signal }) => signal));
    const [only] = signals;
    try {
      // Of several who ask, none may end the others' answer.
      const signal = signals.size === 1 && only !== undefined ? only : NEVER;
      const answers = await answer(
        some.map(({ question }) => question),
        signal,
      );
      for (const [at, { resolve }] of some.entries()) resolve(answers[at] as Answered);
    } catch (error) {
      if (some.length === 1) some[0]?.reject(error);
      else for (const one of some) await run([one]);
    }
  };
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    const groups = new Map<string, Waiting<Question, Answered>[]>();
    for (const one of all) {
      const key = keyOf(one.question);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [one]);
      else group.push(one);
    }
    for (const group of groups.values()) for (let at = 0; at < group.length; at += most) void run(group.slice(at, at + most));
  };
  return (question, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ question, signal, resolve, reject });
    });
}

const NEVER = new AbortController().signal;
