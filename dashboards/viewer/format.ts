// Numbers as people read them. A no-break space stands between number and unit.

/** Stands for what is not known. */
export const UNKNOWN = '–';

const NBSP = '\u00a0';

/** Three significant digits at most, and never an exponent. */
export function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  if (size >= 10) return String(Math.round(value * 10) / 10);
  return String(Math.round(value * 100) / 100);
}

/** A whole number with its thousands apart: 2 000. */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** 23.5 GiB. */
export function bytes(value: number): string {
  return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']);
}

/** Bytes per second, in thousands as disks and networks are sold: 1.2 MB/s. */
export function byteRate(value: number): string {
  return scaled(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let rest = value;
  let at = 0;
  // 999.6 would be shown as 1000.
  while (Math.abs(rest) >= step - 0.5 && at < units.length - 1) {
    rest /= step;
    at++;
  }
  return `${at === 0 ? String(Math.round(rest)) : digits(rest)}${NBSP}${units[at] ?? ''}`;
}

/** A share of one as 26 %; below 10 % with one decimal. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${Math.abs(value) < 9.95 ? value.toFixed(1) : String(Math.round(value))}${NBSP}%`;
}

/** 12 s, 3 min, 5 h 20 min, 41 d 3 h. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${(Math.floor(Math.max(0, seconds) * 10) / 10).toFixed(1)}${NBSP}s`;
  if (seconds < 60) return `${Math.floor(seconds)}${NBSP}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${NBSP}min`;
  const [size, big, small, smallSize] = seconds < 86_400 ? [3600, 'h', 'min', 60] : [86_400, 'd', 'h', 3600];
  const rest = Math.floor((seconds % size) / smallSize);
  return `${Math.floor(seconds / size)}${NBSP}${big}${rest === 0 ? '' : `${NBSP}${rest}${NBSP}${small}`}`;
}

/** 53 °C. */
export function celsius(value: number): string {
  return `${Math.round(value)}${NBSP}°C`;
}

/** The time of day, by the browser's clock. */
export function clockTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString('en-GB');
}
