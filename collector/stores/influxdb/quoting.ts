// InfluxQL's texts as its scanner reads them (github.com/influxdata/influxql, scanner.go: ScanString, ScanRegex). The client's own
// escapes leave a backslash alone, with which a text could end its quotes.

const SPECIAL: Readonly<Record<string, string>> = { '\n': String.raw`\n` };

/** A name of a measurement, field or tag in InfluxQL. */
export function quotedName(name: string): string {
  return `"${name.replace(/["\\\n]/g, (char) => SPECIAL[char] ?? `\\${char}`)}"`;
}

/** A text in InfluxQL. */
export function quotedText(text: string): string {
  return `'${text.replace(/['\\\n]/g, (char) => SPECIAL[char] ?? `\\${char}`)}'`;
}

/** A regular expression in InfluxQL; undefined for one that holds what its scanner does not take. */
export function quotedRegex(pattern: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f]/.test(pattern) ? undefined : `/${pattern.replaceAll('/', String.raw`\/`)}/`;
}
