import { isUtf8 } from 'node:buffer';

const simple: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const escapes = /\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g;
const bytes = /(?:\\(?:[0-7]{3}|x[0-9a-fA-F]{2}))+/y;

/**
 * What a text in quotation marks says; it has been found to be right before. Escaped bytes that are not UTF-8 come as the lone
 * surrogates U+DC80 to U+DCFF, which no text has otherwise.
 */
export function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`') || !inner.includes('\\')) return inner;
  let said = '';
  let at = 0;
  for (;;) {
    const next = inner.indexOf('\\', at);
    if (next < 0) return said + inner.slice(at);
    said += inner.slice(at, next);
    bytes.lastIndex = next;
    const found = bytes.exec(inner)?.[0];
    if (found === undefined) {
      escapes.lastIndex = next;
      const [whole, , , four, eight, other] = escapes.exec(inner) as RegExpExecArray;
      const code = four ?? eight;
      said += code === undefined ? (simple[other as string] ?? other) : String.fromCodePoint(Number.parseInt(code, 16));
      at = next + whole.length;
    } else {
      said += decoded(Uint8Array.from(found.split('\\').slice(1), byteOf));
      at = next + found.length;
    }
  }
}

function byteOf(escape: string): number {
  return escape.startsWith('x') ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8);
}

function decoded(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)));
    text +=
      length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : Buffer.from(bytes).toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}
