const units = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Milliseconds, 0 or more, as Prometheus writes a duration (common/model, Duration.String): years and weeks only where nothing is left over. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, size] of units) {
    const isWhole = unit === 'y' || unit === 'w';
    const count = Math.floor(rest / size);
    if (count === 0 || (isWhole && rest % size !== 0)) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
