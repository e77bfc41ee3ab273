/** One question: an expression at one time, or at several. Times are seconds since the epoch. */
export interface Question {
  readonly expression: string;
  readonly at: { readonly time: number } | { readonly start: number; readonly end: number; readonly step: number };
  /** Whether the order of the answer's series is meant. */
  readonly ordered?: true;
}

/** An answer of `/api/v1/query` or `query_range`: its data, or what is wrong with the question. */
export type Answered =
  | { readonly status: 'success'; readonly data: AnswerData }
  | { readonly status: 'error'; readonly errorType: string; readonly error: string };

/** A value at a time, as they are written. */
export type Point = readonly [time: number, value: string];

/** What an answer holds. */
export type AnswerData =
  | { readonly resultType: 'scalar'; readonly result: Point }
  | { readonly resultType: 'string'; readonly result: Point }
  | {
      readonly resultType: 'vector';
      readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: Point }[];
    }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly values: readonly Point[] }[];
    };

/** Asks a server that speaks Prometheus's HTTP API; throws where what comes is no answer of it. */
export async function ask(url: string, { expression, at }: Question): Promise<Answered> {
  const body = new URLSearchParams({ query: expression });
  for (const [name, value] of Object.entries(at)) body.set(name, String(value));
  const path = 'time' in at ? '/api/v1/query' : '/api/v1/query_range';
  const answer = await fetch(url + path, { method: 'POST', body, signal: AbortSignal.timeout(60_000) });
  const text = await answer.text();
  try {
    return JSON.parse(text) as Answered;
  } catch (error) {
    throw new Error(`${url}${path} answered ${answer.status} to ${expression}: ${text.slice(0, 500)}`, { cause: error });
  }
}

/** Whether an answer holds no value. */
export function isEmpty(answer: Answered): boolean {
  return answer.status === 'error' || answer.data.result.length === 0;
}

/** What `/api/v1/series`, `labels` or `label/NAME/values` answers about a time, in seconds: its parts in order, whatever order they came in. */
export async function askNames(
  url: string,
  [path = '', ...match]: readonly string[],
  { start, end }: { readonly start: number; readonly end: number },
): Promise<readonly string[]> {
  const parameters = new URLSearchParams([
    ['start', String(start)],
    ['end', String(end)],
    ...match.map((one): [string, string] => ['match[]', one]),
  ]);
  const answer = await fetch(`${url}/api/v1/${path}?${parameters.toString()}`, { signal: AbortSignal.timeout(60_000) });
  const { status, data } = (await answer.json()) as { status: string; data: readonly (string | Readonly<Record<string, string>>)[] };
  if (status !== 'success') throw new Error(`${url} answered ${answer.status} to ${path}`);
  const texts = data.map((one) =>
    typeof one === 'string'
      ? one
      : Object.entries(one)
          .map((pair) => pair.join('='))
          .sort()
          .join(','),
  );
  return texts.sort();
}
