/** Where a number or a duration ends, and which of them it is; undefined where it is neither, and `to` is the end of what could not go on. */
export interface ScannedNumber {
  readonly kind: 'number' | 'duration' | undefined;
  readonly to: number;
}

/** A place in a text that moves on over what it accepts. */
interface Cursor {
  at: number;
  readonly text: string;
}

/** Takes the number or the duration that starts at a digit or a point, as Prometheus's lexer does (promql/parser/lex.go). */
export function scanNumber(text: string, from: number): ScannedNumber {
  const cursor: Cursor = { at: from, text };
  if (passNumber(cursor)) return { kind: 'number', to: cursor.at };
  return { kind: passDuration(cursor) ? 'duration' : undefined, to: Math.min(cursor.at, text.length) };
}

function is(cursor: Cursor, accepted: string): boolean {
  return cursor.at < cursor.text.length && accepted.includes(cursor.text[cursor.at] as string);
}

function pass(cursor: Cursor, accepted: string): boolean {
  const isAccepted = is(cursor, accepted);
  if (isAccepted) cursor.at++;
  return isAccepted;
}

const decimals = '0123456789';

/** What it takes is not yet a valid number. */
function passNumber(cursor: Cursor): boolean {
  const isHexadecimal = pass(cursor, '0') && pass(cursor, 'xX');
  if (isHexadecimal) pass(cursor, '_');
  const digits = isHexadecimal ? '0123456789abcdefABCDEF' : decimals;
  pass(cursor, '.');
  pass(cursor, digits);
  let hasPoint = false;
  let hasExponent = false;
  while (is(cursor, `${digits}._eE`)) {
    if (is(cursor, '.')) {
      cursor.at++;
      if (hasPoint || pass(cursor, '_.') || isHexadecimal) return false;
      hasPoint = true;
    } else if (is(cursor, 'eE') && !isHexadecimal) {
      cursor.at++;
      if (hasExponent) return false;
      hasExponent = true;
      pass(cursor, '+-');
      if (pass(cursor, '._eE') || cursor.at >= cursor.text.length) return false;
    } else if (is(cursor, '_')) {
      cursor.at++;
      if (pass(cursor, '._eE') || cursor.at >= cursor.text.length) return false;
    } else while (pass(cursor, digits));
  }
  return !isAlphanumeric(cursor);
}

function passDuration(cursor: Cursor): boolean {
  if (!pass(cursor, 'smhdwy')) return false;
  pass(cursor, 's');
  while (pass(cursor, decimals)) {
    while (pass(cursor, decimals));
    if (!pass(cursor, 'smhdw')) return false;
    pass(cursor, 's');
  }
  if (!isAlphanumeric(cursor)) return true;
  cursor.at++;
  return false;
}

function isAlphanumeric({ text, at }: Cursor): boolean {
  return /^\w$/.test(text[at] ?? '');
}
