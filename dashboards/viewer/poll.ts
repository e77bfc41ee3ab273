/** What polls say. */
export interface PollEvents<T> {
  answered(answer: T): void;
  /** The collector did not answer; `since` is when it last did, or when it was first asked. */
  failed(reason: string, since: number): void;
}

const DEADLINE_MS = 8000;
/** Between the end of a slow answer and the next question. */
const SHORTEST_PAUSE_MS = 500;

/** Asks again and again while the page is seen; `now` asks at once. */
export function poll<T>(everyMs: number, ask: (signal: AbortSignal) => Promise<T>, events: PollEvents<T>): { now(): void } {
  let timer: number | undefined;
  let asking = false;
  let since = Date.now();
  const turn = async (): Promise<void> => {
    if (asking || document.visibilityState === 'hidden') return;
    asking = true;
    window.clearTimeout(timer);
    const began = Date.now();
    try {
      const answer = await ask(AbortSignal.timeout(DEADLINE_MS));
      since = Date.now();
      events.answered(answer);
    } catch (error) {
      events.failed(reasonOf(error), since);
    } finally {
      asking = false;
      timer = window.setTimeout(next, Math.max(SHORTEST_PAUSE_MS, everyMs - (Date.now() - began)));
    }
  };
  const next = (): void => void turn();
  document.addEventListener('visibilitychange', next);
  next();
  return { now: next };
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${DEADLINE_MS / 1000} s`;
  // What fetch throws where it cannot connect; browsers word it each in their way.
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return 'it cannot be reached';
  return error instanceof Error ? error.message : String(error);
}

/** The body of an answer; throws with what the collector says where it refuses. */
export async function bodyOf(response: Response): Promise<string> {
  const body = await response.text();
  if (!response.ok) throw new Error(`it answers ${response.status}${body.length > 0 && body.length < 300 ? `: ${body}` : ''}`);
  return body;
}
