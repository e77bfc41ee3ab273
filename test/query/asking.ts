import type { Question, QuestionEvents, Reply, Route } from '../../collector/query/question.ts';

/** A question as it comes in a URL. */
export function questionOf(route: Route, parameters: Readonly<Record<string, string>>): Question {
  return { route, label: '', search: new URLSearchParams(parameters).toString(), form: undefined, gzip: false, now: Date.now() };
}

/** A reply taken whole, its body read as JSON. */
export interface Taken {
  readonly status: number;
  readonly body: unknown;
  readonly failure: Reply['failure'];
}

/** Takes a reply whole. */
export async function taken({ status, parts, failure }: Reply): Promise<Taken> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return { status, body: JSON.parse(Buffer.concat(all).toString()), failure };
}

/** What happened to questions. */
export interface Noted {
  readonly events: QuestionEvents;
  readonly asked: { readonly route: Route; readonly failure: string | undefined }[];
  samples: number;
  restarts: number;
}

/** Notes what happens to questions. */
export function noting(): Noted {
  const noted: Noted = {
    asked: [],
    samples: 0,
    restarts: 0,
    events: {
      asked: (route, _seconds, failure) => void noted.asked.push({ route, failure }),
      read: (samples) => void (noted.samples += samples),
      threadRestarted: () => void noted.restarts++,
    },
  };
  return noted;
}
