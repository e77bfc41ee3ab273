import { quoted } from './quoted.ts';

/** A measurement and its tags, as text and without escapes. */
export interface Head {
  readonly measurement: string;
  /** In the order they were written. */
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** Takes a head apart; a string says what is wrong with it. */
export function parseHead(bytes: Uint8Array, start: number, stop: number): Head | string {
  const parts = splitUnescaped(Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('utf8'), ',');
  const [measurement = '', ...rest] = parts;
  const tags: [string, string][] = [];
  for (const part of rest) {
    const [key = '', value, ...more] = splitUnescaped(part, '=');
    if (value === undefined || key === '' || value === '' || more.length > 0) return `the tag ${quoted(part)} is not key=value`;
    tags.push([unescape(key), unescape(value)]);
  }
  return { measurement: unescape(measurement), tags };
}

/** A key without its escapes; a backslash before anything but a comma, equals sign or space is itself. */
export function unescape(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text;
}

function splitUnescaped(text: string, separator: string): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && text[at + 1] !== '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
