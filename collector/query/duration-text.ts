const UNITS = [
  ['y', 31_536_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
] as const;

const PATTERN = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

/** Seconds of a duration as Prometheus writes it (common/model, ParseDuration): units from years to milliseconds in this order, each once; undefined where the text is none. */
export function durationSeconds(text: string): number | undefined {
  if (text === '0') return 0;
  const [found, ...amounts] = PATTERN.exec(text) ?? [];
  if (found === undefined || found === '') return undefined;
  return UNITS.reduce((seconds, [, unit], at) => seconds + Number(amounts[at] ?? 0) * unit, 0);
}
