/** Bytes for people: three digits and a unit. */
export function bytesInWords(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** A count for people: three digits, and thousands in a letter. */
export function countInWords(count: number): string {
  return scaled(count, 1000, ['', 'k', 'M', 'G', 'T']).trim();
}

function scaled(amount: number, base: number, units: readonly string[]): string {
  let at = 0;
  let rest = amount;
  while (rest >= base && at < units.length - 1) {
    rest /= base;
    at++;
  }
  return `${at === 0 || rest >= 100 ? rest.toFixed(0) : rest.toPrecision(3)} ${units[at]}`;
}
