/**
 * How a thing stands: `found` and `ok` work; `missing` is not there, and nobody asked for it; `off` by the configuration; `broken`
 * was asked for, and does not work.
 */
export type State = 'ok' | 'found' | 'missing' | 'off' | 'broken';

/** One line of what `vigie-agent doctor` found. */
export interface Row {
  readonly state: State;
  /** The sampler, or the part of the agent's surroundings. */
  readonly name: string;
  readonly why: string;
  /** The one command or line of configuration that would mend it. */
  readonly fix?: string | undefined;
}
