import { durationMs } from '../../agent/contract/fields.ts';
import { UsageError } from './usage-error.ts';

/** A time in milliseconds: `now`, RFC 3339 or a part of it (local where it names no zone), Unix seconds, or a duration for so long ago. Throws UsageError that names the option. */
export function momentOf(option: string, text: string, now: number): number {
  if (text === 'now') return now;
  const ago = durationMs(text.replace(/^-/, ''));
  if (ago !== undefined) return now - ago;
  if (/^\d+(?:\.\d+)?$/.test(text) && text.length > 4) return Math.round(Number(text) * 1000);
  const time = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`${option} ${text} is not a time; write it like 2026-11-20T16:00:00Z, 1795190400, or 1h for an hour ago`);
  }
  return time;
}
