/** Labels of a series, the name among them as `__name__`: names and values in turn, sorted by name (in code units), none of them empty. */
export type Labels = readonly string[];

/** Labels of pairs in any order; empty values are left out. */
export function labelsOf(pairs: Readonly<Record<string, string>>): Labels {
  return Object.entries(pairs)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flat();
}

/** A label's value; empty where it is absent. */
export function labelValue(labels: Labels, name: string): string {
  for (let at = 0; at < labels.length; at += 2) if (labels[at] === name) return labels[at + 1] as string;
  return '';
}

/** A text that only equal labels share. */
export function labelsKey(labels: Labels): string {
  return labels.join('\u0000');
}

/** Those labels whose name the condition holds for. */
export function keepLabels(labels: Labels, isKept: (name: string) => boolean): Labels {
  const kept: string[] = [];
  for (let at = 0; at < labels.length; at += 2) if (isKept(labels[at] as string)) kept.push(labels[at] as string, labels[at + 1] as string);
  return kept;
}

/** Labels with one of them set; an empty value takes it away. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  let at = 0;
  while (at < labels.length && (labels[at] as string) < name) at += 2;
  const after = labels.slice(labels[at] === name ? at + 2 : at);
  return value === '' ? [...labels.slice(0, at), ...after] : [...labels.slice(0, at), name, value, ...after];
}
