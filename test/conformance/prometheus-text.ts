/** A family of an exposition. */
export interface Family {
  readonly kind: string;
  readonly help: string;
  /** Values by the series' labels, written as `a=1,b=2` in order, without those that are empty. */
  readonly series: ReadonlyMap<string, number>;
  readonly labelNames: ReadonlySet<string>;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus text 0.0.4, by family name. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { kind: string; help: string; series: Map<string, number>; labelNames: Set<string> }>();
  const helps = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, helped, help] = /^# HELP (\S+) (.*)$/.exec(line) ?? [];
    if (helped !== undefined && help !== undefined) helps.set(helped, help);
    const [, typed, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && kind !== undefined)
      families.set(typed, { kind, help: helps.get(typed) ?? '', series: new Map(), labelNames: new Set() });
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', inside = '', value = ''] = SAMPLE.exec(line) ?? [];
    const family = families.get(name);
    if (family === undefined) continue;
    const labels = [...inside.matchAll(LABEL)].filter(([, , value]) => value !== '');
    for (const [, label = ''] of labels) family.labelNames.add(label);
    const id = labels.map(([, label, value]) => `${label}=${value}`).sort();
    family.series.set(id.join(','), Number(value));
  }
  return families;
}
