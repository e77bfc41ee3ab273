import { quoted } from '../go-text.ts';
import type { Labels } from '../labels.ts';

/** Labels as Prometheus's messages have them: `{__name__="up", instance="a"}`. */
export function labelsText(labels: Labels): string {
  const pairs: string[] = [];
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at] as string;
    pairs.push(`${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quoted(name)}=${quoted(labels[at + 1] as string)}`);
  }
  return `{${pairs.join(', ')}}`;
}
