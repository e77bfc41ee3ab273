import { Transient } from '../contract/errors.ts';
import { openPoster } from './post.ts';
import type { Poster } from './post.ts';
import { verdict } from './verdict.ts';

/** Where batches go: one collector at a time, the next in the list when it fails. */
export interface Collectors {
  /**
   * Sends a gzipped batch and resolves when it is stored.
   *
   * @throws Permanent or PartlyStored where sending it again is of no use; Transient, with the last collector's reason, after all have failed.
   */
  send(payload: Uint8Array, deadlineMs: number, signal: AbortSignal): Promise<void>;
  /** The one in use, without its secrets. */
  readonly current: string;
  close(): void;
}

/** The collectors in the order they are tried, and as whom they are written to. */
export interface CollectorsOptions {
  readonly urls: readonly string[];
  readonly agentId: string;
  /** The token at present, if there is one. */
  readonly token: () => string | undefined;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
}

// After so long with another one, the first of the list is tried again.
const BACK_TO_FIRST_MS = 300_000;

/** The collectors of the list; no connection is made before the first batch. */
export function openCollectors({ urls, agentId, token, monotonic }: CollectorsOptions): Collectors {
  const targets = urls.map(writeUrl);
  const posters = new Map<URL, Promise<Poster>>();
  let current = 0;
  let movedAt = 0;

  const posterOf = (target: URL): Promise<Poster> => {
    let poster = posters.get(target);
    if (poster === undefined) posters.set(target, (poster = openPoster(target)));
    return poster;
  };
  const headers = (): Record<string, string> => {
    const own = token();
    const base = { 'Content-Encoding': 'gzip', 'X-Vigie-Agent': agentId };
    return own === undefined ? base : { ...base, Authorization: `Bearer ${own}` };
  };
  const moveTo = (at: number): void => {
    current = at;
    movedAt = monotonic();
  };

  return {
    get current() {
      return shown(targets[current]);
    },
    async send(payload, deadlineMs, signal) {
      if (current !== 0 && monotonic() - movedAt > BACK_TO_FIRST_MS) moveTo(0);
      let last = new Transient('no collector is configured');
      const first = current;
      for (let tried = 0; tried < targets.length; tried++) {
        const at = (first + tried) % targets.length;
        const target = targets[at];
        if (target === undefined) break;
        try {
          const fault = verdict(await (await posterOf(target)).post(payload, headers(), deadlineMs, signal));
          if (at !== current) moveTo(at);
          if (fault !== undefined) throw fault;
          return;
        } catch (error) {
          if (!(error instanceof Transient) || signal.aborted) throw error;
          last = new Transient(`${shown(target)}: ${error.message}`, { retryAfterMs: error.retryAfterMs });
        }
      }
      throw last;
    },
    close() {
      for (const poster of posters.values()) {
        poster.then((open) => open.close()).catch(() => undefined);
      }
    },
  };
}

/** The URL batches are posted to: `/write` is added unless the path already ends so, and the precision said. */
export function writeUrl(collector: string): URL {
  const url = new URL(collector);
  if (!url.pathname.endsWith('/write')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/write`;
  url.searchParams.set('precision', 'ms');
  return url;
}

function shown(url: URL | undefined): string {
  return url === undefined ? '' : `${url.origin}${url.pathname.replace(/\/write$/, '')}`;
}
