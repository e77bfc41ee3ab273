import type { Moved } from '../ast.ts';
import type { Steps } from '../evaluation.ts';

/** The steps that something is evaluated at, the question's own or those of a subquery. */
export interface Scope {
  readonly steps: Steps;
  readonly count: number;
}

/** Moments at which samples are looked at, one a step, in milliseconds: `first`, and `stride` more at every step (0 where `@` fixes it). */
export interface Moments {
  readonly first: number;
  readonly stride: number;
  readonly last: number;
}

/** The scope of these steps; of none where the end is before the start. */
export function scopeOf(steps: Steps): Scope {
  if (steps.end < steps.start) return { steps, count: 0 };
  return { steps, count: steps.step === 0 ? 1 : Math.floor((steps.end - steps.start) / steps.step) + 1 };
}

/** Only the first step, for what is the same at all of them. */
export function firstOf({ steps }: Scope): Scope {
  return { steps: { start: steps.start, end: steps.start, step: steps.step }, count: 1 };
}

/** Where `offset` and `@` lead from the steps of a scope; `start()` and `end()` are those of the whole question. */
export function momentsOf({ fixed, offset }: Moved, { steps, count }: Scope, question: Steps): Moments {
  if (fixed !== undefined) {
    const moment = (fixed === 'start' ? question.start : fixed === 'end' ? question.end : fixed) - offset;
    return { first: moment, stride: 0, last: moment };
  }
  const first = steps.start - offset;
  return { first, stride: steps.step, last: first + (count - 1) * steps.step };
}

/** The steps of a subquery: multiples of its step, so that neighbours in time ask for the same, in the windows that end at the moments. */
export function scopeWithin({ first, last }: Moments, range: number, step: number): Scope {
  const start = (Math.floor((first - range) / step) + 1) * step;
  const end = start + Math.floor((last - start) / step) * step;
  return scopeOf({ start, end, step });
}
