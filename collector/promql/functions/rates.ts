import type { Labels } from '../labels.ts';
import { labelValue } from '../labels.ts';
import { quoted } from '../go-text.ts';
import type { CallContext, RangeFunction, Window } from './function.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false } as const;

/** Functions of how fast samples grow or fall. */
export const rates: readonly RangeFunction[] = [
  { ...signature, name: 'rate', of: asOfCounters((window) => extrapolated(window, true, true)) },
  { ...signature, name: 'increase', of: asOfCounters((window) => extrapolated(window, true, false)) },
  { ...signature, name: 'delta', of: (window) => extrapolated(window, false, false) },
  { ...signature, name: 'irate', of: (window) => ofLastTwo(window, true) },
  { ...signature, name: 'idelta', of: (window) => ofLastTwo(window, false) },
];

// The samples do not reach the window's bounds. Where a bound is about as near as the next sample would be, growth goes on to it;
// else for half the time between two samples, and a counter never to before it was 0.
function extrapolated({ times, values, from, to, start, end }: Window, isCounter: boolean, perSecond: boolean): number | undefined {
  const last = to - 1;
  if (last <= from) return undefined;
  const firstValue = values[from] as number;
  let growth = (values[last] as number) - firstValue;
  if (isCounter) {
    for (let at = from + 1; at < to; at++) {
      const before = values[at - 1] as number;
      if ((values[at] as number) < before) growth += before;
    }
  }
  const firstTime = times[from] as number;
  const lastTime = times[last] as number;
  const sampled = (lastTime - firstTime) / 1000;
  const between = sampled / (last - from);
  const near = between * 1.1;
  let toStart = (firstTime - start) / 1000;
  let toEnd = (end - lastTime) / 1000;
  if (toStart >= near) toStart = between / 2;
  if (isCounter && growth > 0 && firstValue >= 0) {
    const toZero = sampled * (firstValue / growth);
    if (toZero < toStart) toStart = toZero;
  }
  if (toEnd >= near) toEnd = between / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return growth * (perSecond ? factor / ((end - start) / 1000) : factor);
}

function ofLastTwo({ times, values, from, to }: Window, perSecond: boolean): number | undefined {
  if (to - from < 2) return undefined;
  const last = values[to - 1] as number;
  const before = values[to - 2] as number;
  if (!perSecond) return last - before;
  // After a reset it has come from 0.
  const growth = last < before ? last : last - before;
  return growth / (((times[to - 1] as number) - (times[to - 2] as number)) / 1000);
}

const counterEndings = ['_total', '_sum', '_count', '_bucket'];

function asOfCounters(of: (window: Window) => number | undefined): RangeFunction['of'] {
  let seenLabels: Labels | undefined;
  let seenContext: CallContext | undefined;
  return (window, _args, context) => {
    const answer = of(window);
    // Windows come series by series, so a series' name is looked at once.
    if (answer !== undefined && (window.labels !== seenLabels || context !== seenContext)) {
      seenLabels = window.labels;
      seenContext = context;
      tellOfOthers(window.labels, context);
    }
    return answer;
  };
}

function tellOfOthers(labels: Labels, { annotations, argsAt }: CallContext): void {
  const name = labelValue(labels, '__name__');
  if (name === '' || counterEndings.some((ending) => name.endsWith(ending))) return;
  annotations.info(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quoted(name)}`, argsAt[0]);
}
