/** The longest period that is believed: what comes more seldom comes after an outage. */
const LONGEST_PERIOD_MS = 300_000;
/** How much of a shorter gap is believed at once; a single one is an agent that has just started. */
const SHORTENING = 1 / 8;

/**
 * What is known of a series' period after another gap between its samples. The first gap is kept as a negative number, not
 * to be relied on: an agent reads everything as it starts, and only then at multiples of the period.
 */
export function nextPeriod(known: number, gap: number): number {
  if (!Number.isFinite(gap)) return known;
  if (known === 0) return -Math.min(gap, LONGEST_PERIOD_MS);
  if (known < 0) return Math.min(Math.max(-known, gap), LONGEST_PERIOD_MS);
  return gap >= known ? Math.min(gap, LONGEST_PERIOD_MS) : known + (gap - known) * SHORTENING;
}
