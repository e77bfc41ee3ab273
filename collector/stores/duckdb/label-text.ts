import type { Labels } from '../../promql/labels.ts';

// Label texts as the collector writes them (collector/series/identity.ts): `{a="1",b="x \"y\""}`, sorted by name.

/** The value of a label in a label text; empty where it is absent. */
export function labelIn(labelText: string, wanted: string): string {
  for (let at = 1; at < labelText.length - 1;) {
    const equals = labelText.indexOf('=', at);
    const end = valueEnd(labelText, equals + 2);
    if (equals - at === wanted.length && labelText.startsWith(wanted, at)) return unescaped(labelText.slice(equals + 2, end));
    at = end + 2;
  }
  return '';
}

/** The labels of a series, its name among them. */
export function labelsOfSeries(name: string, labelText: string): Labels {
  const labels: string[] = [];
  let isNamed = false;
  for (let at = 1; at < labelText.length - 1;) {
    const equals = labelText.indexOf('=', at);
    const end = valueEnd(labelText, equals + 2);
    const label = labelText.slice(at, equals);
    if (!isNamed && label > '__name__') isNamed = labels.push('__name__', name) > 0;
    if (end > equals + 2) labels.push(label, unescaped(labelText.slice(equals + 2, end)));
    at = end + 2;
  }
  if (!isNamed) labels.push('__name__', name);
  return labels;
}

// Where the quote stands that ends the value which begins at `start`.
function valueEnd(text: string, start: number): number {
  for (let at = start; ;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length - 1;
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function unescaped(value: string): string {
  return value.includes('\\') ? value.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char)) : value;
}
