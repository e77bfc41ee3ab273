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

/** A text in quotation marks, as Go's `%q` writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
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
