/** The greater of both as Go has it: an infinity that decides wins over NaN. */
export function greaterOf(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** The lesser of both as Go has it: an infinity that decides wins over NaN. */
export function lesserOf(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}
