import type { Fields, OptionsOf } from '../../agent/contract/config.ts';
import type { Reading } from './reading.ts';

/** Lines that ingest has accepted, as text and as rows. Nobody changes it; every store of a batch reads the same one. */
export interface Batch {
  /** The node that sent it, for messages. */
  readonly node: string;
  /** The accepted lines, ending with a newline, timestamps in milliseconds (`precision=ms`). To be read at once, as `rows`; `gzip` may be asked later. */
  readonly text: Uint8Array;
  /** The same lines gzipped as one member; made once, when the first store asks. Members may be concatenated. */
  gzip(): Promise<Uint8Array>;
  readonly rows: Rows;
  /** When it was received, milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** The samples of a batch in columns; only the first `length` entries count. They are used again for another batch once `write` has returned its promise: whoever needs them takes them before that. */
export interface Rows {
  readonly length: number;
  /** Ids of series in the collector's series table. */
  readonly series: Uint32Array;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Lines accepted once, read again. */
export interface ReadAgain {
  readonly rows: Rows;
  /** Why lines were refused this time, the first few of them, and how many were. */
  readonly refused: number;
  readonly reasons: readonly string[];
}

/** Somewhere samples go and stay. */
export interface Store {
  /** Its name in the configuration. */
  readonly name: string;
  /**
   * Resolves once the batch is on the store's disk; the batch may come again, and that changes no answer. Many run at
   * once; the store groups them as it likes.
   *
   * @throws Transient to have the sender keep it and come again; Permanent where the store has refused lines of it for
   * good: the rest is stored, the batch counts as written, and the refused lines are counted.
   */
  write(batch: Batch, signal: AbortSignal): Promise<void>;
  /**
   * Takes marks: rows whose value is NaN, which say that a series has gone as of then. They may be lost; they are to be taken at
   * once, as `write` takes its rows. Stores that have no place for them leave this out.
   */
  mark?(rows: Rows): void;
  /** Makes a way to ask the store in PromQL, for one thread; undefined where it cannot be asked. */
  reading?(): Reading | undefined;
  /** What stands between it and its next write: undefined when all is well. For `/readyz`. */
  trouble(): string | undefined;
  /** Waits for what is under way, at most until the signal, and lets go of files and connections. Safe to call twice. */
  close(signal: AbortSignal): Promise<void>;
}

/** What every store is opened with. */
export interface StoreContext<Options> {
  readonly options: Options;
  /** Where the collector keeps its files; a store uses a folder of its own name in it. */
  readonly data: string;
  /** What a row's series is; undefined once nothing has come of it for so long that it was forgotten. */
  readonly describe: (series: number) => { readonly name: string; readonly labelText: string } | undefined;
  /** Reads lines that were accepted once (gzipped, `precision=ms`) into rows again, for a store's own log; no limit is asked. */
  readonly readAgain: (gzipped: Uint8Array) => Promise<ReadAgain>;
  /** Ends the collector: the store cannot go on, and a fresh start will find everything that was acknowledged. */
  readonly fatal: (error: Error) => void;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
}

/** A kind of store: everything the collector and the documentation need to know of it. */
export interface StoreKind<F extends Fields = Fields> {
  /** Name in the configuration (`stores: { NAME: {…} }`); equals the folder's name. */
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** `required: false` in a configuration makes a store best-effort; every kind has that key besides its own. */
  readonly options: F;
  /** Opens it; must not fail because its server is away. Throws what makes it unusable for good (a path that cannot be written). */
  open(context: StoreContext<OptionsOf<F>>): Promise<Store>;
}

/** Declares a store; every folder of `collector/stores` exports one as its default. */
export function defineStore<const F extends Fields>(kind: StoreKind<F>): StoreKind<F> {
  return kind;
}
