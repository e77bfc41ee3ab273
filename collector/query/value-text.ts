const MINUS = 0x2d;
const PLUS = 0x2b;
const E = 0x65;

/**
 * A value as Prometheus writes it in JSON (util/jsonutil, MarshalFloat): the shortest text that reads back to the same number, with an
 * exponent below 1e-6 and from 1e21 on, which has two digits at least.
 */
export function valueText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const text = String(value);
  const sign = text.charCodeAt(text.length - 2);
  const short = (sign === MINUS || sign === PLUS) && text.charCodeAt(text.length - 3) === E;
  return short ? `${text.slice(0, -1)}0${text.slice(-1)}` : text;
}

/** A time in milliseconds as Prometheus writes it in JSON (util/jsonutil, MarshalTimestamp): seconds, with three decimals where it has milliseconds. */
export function timeText(time: number): string {
  const size = Math.abs(time);
  const milliseconds = size % 1000;
  const seconds = `${time < 0 ? '-' : ''}${(size - milliseconds) / 1000}`;
  return milliseconds === 0 ? seconds : `${seconds}.${String(milliseconds).padStart(3, '0')}`;
}
