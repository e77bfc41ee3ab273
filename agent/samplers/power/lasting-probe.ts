import type { Answer, Probe } from '../../probe/probe.ts';

/** A child process for a source that comes and goes. */
export interface LastingProbe {
  ask(this: void, subject: string): Promise<Answer>;
  /** Whether a question hangs; undefined where nothing was asked. */
  hung(this: void): boolean | undefined;
  /** Ends the child while nobody asks; one that hangs is kept in sight, so that with every new try there is not one more of them. */
  rest(this: void): void;
  close(this: void): void;
}

/** A probe that `open` opens with the first question, and again with the first after a rest. */
export function lastingProbe(open: () => Probe): LastingProbe {
  let probe: Probe | undefined;
  return {
    ask: (subject) => (probe ??= open()).ask(subject),
    hung: () => probe?.hung(),
    rest() {
      if (probe === undefined || probe.hung()) return;
      probe.close();
      probe = undefined;
    },
    close: () => probe?.close(),
  };
}
