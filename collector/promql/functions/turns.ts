import type { RangeFunction, Window } from './function.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false } as const;

/** How often samples took another turn: changed, or fell as a counter does that starts again. */
export const turns: readonly RangeFunction[] = [
  { ...signature, name: 'changes', of: (window) => counted(window, (now, before) => now !== before && !(isNaN(now) && isNaN(before))) },
  { ...signature, name: 'resets', of: (window) => counted(window, (now, before) => now < before) },
];

function counted({ values, from, to }: Window, isTurn: (now: number, before: number) => boolean): number {
  let count = 0;
  for (let at = from + 1; at < to; at++) if (isTurn(values[at] as number, values[at - 1] as number)) count++;
  return count;
}
