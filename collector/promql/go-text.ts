// Prometheus's messages have numbers and texts as Go writes them, and label values such as `le` hold numbers as Go reads them.

/** A number as Go's `%g` writes it; with `digits`, `%.Ng`. */
export function floatText(value: number, digits?: number): string {
  if (isNaN(value)) return 'NaN';
  if (Math.abs(value) === Infinity) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponent] = value.toExponential(digits === undefined ? undefined : digits - 1).split('e') as [string, string];
  const power = Number(exponent);
  const kept = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  // Go turns to exponents below -4 and from the precision on, for which the shortest form counts 6.
  if (power < -4 || power >= (digits ?? 6)) return `${kept}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number(`${kept}e${power}`).toFixed(Math.max(0, kept.replace(/[-.]/g, '').length - 1 - power));
}

/** A text in quotation marks, as Go's `%q` writes it; bytes that are not UTF-8 are in it as the lone surrogates U+DC80 to U+DCFF. */
export function quoted(text: string): string {
  return `"${text.replace(unprinted, escaped)}"`;
}

const unprinted = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escaped(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) as number;
  if (code < 0x80) return `\\x${inHex(2, code)}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${inHex(2, code - 0xdc00)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  return code < 0x10000 ? `\\u${inHex(4, code)}` : `\\U${inHex(8, code)}`;
}

function inHex(digits: number, code: number): string {
  return code.toString(16).padStart(digits, '0');
}

const decimal = /^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;
const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;

/** The number that a text is to Go's `ParseFloat`; undefined where it is none. */
export function parseFloatText(text: string): number | undefined {
  if (decimal.test(text) && !text.includes('_')) return Number(text);
  const endless = infinite.exec(text);
  if (endless) return endless[1] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  const hex = hexadecimal.exec(text);
  if (!hex) return undefined;
  const [, sign, whole, fraction, power] = hex as unknown as [string, string, string, string, string];
  if (whole === '' && fraction === '') return undefined;
  const value = Number.parseInt(`${whole}${fraction}`, 16) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}
