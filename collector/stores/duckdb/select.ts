import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { askStore } from './ask-store.ts';
import type { AskStore } from './ask-store.ts';

/** Which samples are asked for. */
export interface Selected {
  readonly name: string;
  /** Labels that must be equal. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
}

/** The samples of one series in the order of their times, each time once. */
export interface SelectedSeries {
  readonly name: string;
  readonly labelText: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Every sample of series with these labels, all at once: for small answers, and the collector's own thread. */
export function selecting(letAsk: (port: MessagePort) => void): (selected: Selected) => Promise<SelectedSeries[]> {
  let ask: AskStore | undefined;
  return async ({ name, labels, from, to }) => {
    if (ask === undefined) {
      const { port1, port2 } = new MessageChannel();
      letAsk(port1);
      ask = askStore(port2);
    }
    const wanted = Object.entries({ ...labels, __name__: name });
    const matchers = wanted.map(([label, value]) => ({ name: label, op: '=' as const, value }));
    // A window of one moment: of a window, every sample is needed.
    const hint = { call: '', range: 1, step: 0 };
    const found: SelectedSeries[] = [];
    for await (const told of ask({ kind: 'select', selection: { matchers, from, to, hint } }, new AbortController().signal)) {
      if (told.kind !== 'samples') continue;
      const { series, ends, times, values } = told.piece;
      for (const [at, end] of ends.entries()) {
        const start = at === 0 ? 0 : (ends[at - 1] as number);
        const samples = { times: times.subarray(start, end), values: values.subarray(start, end) };
        if (end > start) found.push({ name: series[2 * at] as string, labelText: series[2 * at + 1] as string, ...samples });
      }
    }
    return found;
  };
}
