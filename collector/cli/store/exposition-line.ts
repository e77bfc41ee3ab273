/** A sample of a text exposition: Prometheus's, or OpenMetrics'. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** As it stands there; undefined where there is none. */
  readonly time: number | undefined;
}

const NAME = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|\})/y;
const REST = /^\s*(\S+)(?:\s+(-?[0-9.eE+]+))?\s*(?:#.*)?$/;

/**
 * Reads a line of a text exposition (https://prometheus.io/docs/instrumenting/exposition_formats, https://prometheus.io/docs/specs/om);
 * answers what is wrong with it as a text, undefined for a comment or an empty line.
 */
export function exposedSample(line: string): ExposedSample | string | undefined {
  if (/^\s*(?:#|$)/.test(line)) return undefined;
  const head = NAME.exec(line);
  if (head?.[1] === undefined) return 'it does not start with a metric name';
  const labels: Record<string, string> = {};
  let at = head[0].length;
  if (line[at] === '{') {
    at++;
    const empty = /^\s*\}/.exec(line.slice(at));
    if (empty !== null) at += empty[0].length;
    for (let open = empty === null; open;) {
      LABEL.lastIndex = at;
      const found = LABEL.exec(line);
      if (found === null) {
        // A comma may stand behind the last one.
        const end = /^\s*\}/.exec(line.slice(at));
        if (end === null || Object.keys(labels).length === 0) return `its labels cannot be read at character ${at + 1}`;
        at += end[0].length;
        break;
      }
      const [, name = '', value = '', sign] = found;
      labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
      at = LABEL.lastIndex;
      open = sign === ',';
    }
  }
  const [, text, time] = REST.exec(line.slice(at)) ?? [];
  const value = text === undefined ? undefined : numberOf(text);
  if (value === undefined) return `${JSON.stringify(line.slice(at).trim())} is no value with a time`;
  if (time !== undefined && !Number.isFinite(Number(time))) return `${JSON.stringify(time)} is no time`;
  return { name: head[1], labels, value, time: time === undefined ? undefined : Number(time) };
}

function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
