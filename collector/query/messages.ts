import type { ErrorType } from '../promql/query-error.ts';
import type { Question, QuestionLimits } from './question.ts';

/** What a thread that answers is started with. */
export interface ThreadData {
  /** URL of the module that opens the store's Queryable, and what it is opened with. */
  readonly module: string;
  readonly opening: unknown;
  readonly limits: QuestionLimits;
}

/** What the thread is told. A question's parts come only as they are asked for, {@link WINDOW} of them ahead. */
export type ToThread =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: Question;
      /** Milliseconds that it may take, and that it has waited before. */
      readonly timeout: number;
      readonly waited: number;
    }
  | { readonly kind: 'more'; readonly id: number }
  /** Nobody waits for it any more; it is ended with {@link FromThread} `part` all the same, which shows that the thread lives. */
  | { readonly kind: 'cancel'; readonly id: number };

/** Parts of an answer that may be under way or wait at the other side. */
export const WINDOW = 4;

/** How an answer begins. */
export interface Head {
  readonly status: number;
  readonly gzip: boolean;
  /** Bytes of the whole body, where they are known. */
  readonly length: number | undefined;
  readonly failure: ErrorType | undefined;
}

/** How an answer ended. */
export interface Ending {
  /** Samples read. */
  readonly samples: number;
  /** What went wrong, where something did. */
  readonly failure: ErrorType | undefined;
  /** Why it ended early, where its head had gone out already. */
  readonly broken: string | undefined;
}

/** What the thread tells. A short answer is one message. */
export type FromThread =
  | {
      readonly kind: 'part';
      readonly id: number;
      readonly head?: Head;
      readonly bytes?: Uint8Array<ArrayBuffer>;
      readonly end?: Ending;
    }
  /** The store cannot be asked; the thread ends. */
  | { readonly kind: 'unusable'; readonly error: string };
