/** One series of a Prometheus text exposition. */
export interface Sample {
  readonly labels: ReadonlyMap<string, string>;
  /** Its labels as they stand in the text. */
  readonly key: string;
  readonly value: number;
}

/** Samples by metric name. */
export type Families = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Parses the text format (version 0.0.4) as the collector writes it: one sample a line, no timestamps. */
export function parseExposition(text: string): Families {
  const families = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, key = '', written] = LINE.exec(line) ?? [];
    if (name === undefined || written === undefined) continue;
    const samples = families.get(name) ?? [];
    if (samples.length === 0) families.set(name, samples);
    samples.push({ labels: labelsOf(key), key, value: valueOf(written) });
  }
  return families;
}

function labelsOf(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) {
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    );
  }
  return labels;
}

function valueOf(written: string): number {
  return written === '+Inf' ? Number.POSITIVE_INFINITY : written === '-Inf' ? Number.NEGATIVE_INFINITY : Number(written);
}
