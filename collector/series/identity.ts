import { isUtf8 } from 'node:buffer';
import { parseHead } from '../../agent/contract/line-head.ts';
import { quoted } from '../../agent/contract/quoted.ts';

/** What a head says: whose it is and which labels its series carry. */
export interface Identity {
  readonly measurement: string;
  /** The node it belongs to: its `instance`, or `host` where another agent (Telegraf) says that. */
  readonly node: string;
  readonly cluster: string;
  /** Sorted by name; `instance` is always among them. */
  readonly labels: readonly (readonly [name: string, value: string])[];
}

/** A series as people know it. */
export interface Description {
  readonly name: string;
  /** `{cluster="dahu",instance="dahu33"}`, sorted. */
  readonly labelText: string;
}

/** How many labels a series may have, and how many characters their names and values. */
export interface LabelLimits {
  readonly labels: number;
  readonly label_name: number;
  readonly label_value: number;
}

/** Whose head this is, or what is wrong with it. */
export function identityOf(bytes: Uint8Array, start: number, stop: number, limits: LabelLimits): Identity | string {
  if (!isUtf8(bytes.subarray(start, stop))) return 'it is not UTF-8';
  const head = parseHead(bytes, start, stop);
  if (typeof head === 'string') return head;
  const fault = nameFault('measurement', head.measurement) ?? tagsFault(head.tags, limits);
  if (fault !== undefined) return fault;
  const labels = labelsOfTags(head.tags);
  if (labels === undefined) return 'a tag stands in it twice';
  const node = labels.get('instance');
  if (node === undefined) return 'it names no node: add a tag instance=NODE';
  if (!NODE.test(node)) return `the node's name ${quoted(node)} is not made of letters, digits and . _ : -`;
  return { measurement: head.measurement, node, cluster: labels.get('cluster') ?? '', labels: sorted(labels) };
}

/** Labels by name that tags come to, with the `host` of other agents as `instance` too; undefined where two tags make one label. */
export function labelsOfTags(tags: readonly (readonly [name: string, value: string])[]): Map<string, string> | undefined {
  const labels = new Map(tags.map(([name, value]) => [labelName(name), value]));
  if (labels.size < tags.length) return undefined;
  const node = labels.get('instance') ?? labels.get('host');
  if (node !== undefined) labels.set('instance', node);
  return labels;
}

const NODE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/;

/** Whether a text may be a node's name. */
export function isNodeName(text: string): boolean {
  return NODE.test(text);
}

/** A measurement, field or tag's name as Prometheus can carry it: what it does not know becomes `_`. */
export function metricName(text: string): string {
  const name = text.replace(/[^a-zA-Z0-9_:]/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** A tag's name as Prometheus can carry it: as `metricName`, and a colon is for metrics only. */
export function labelName(text: string): string {
  return metricName(text).replaceAll(':', '_');
}

/** What is wrong with a name, or undefined. Quotes, braces and control characters are somebody trying something. */
export function nameFault(what: string, name: string): string | undefined {
  if (name === '') return `it has no ${what}`;
  // InfluxDB's name for the timestamp.
  if (name === 'time' && what !== 'measurement') return `a ${what} may not be named time`;
  if (name.length > 512) return `the ${what} is longer than 512 characters`;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f"'{}\\]/.test(name)) return `the ${what} ${quoted(name)} holds a quote, a brace or a control character`;
  return undefined;
}

function tagsFault(tags: readonly (readonly [string, string])[], limits: LabelLimits): string | undefined {
  if (tags.length > limits.labels) return `it has ${tags.length} tags; at most ${limits.labels} are taken`;
  for (const [name, value] of tags) {
    const fault = nameFault('tag', name);
    if (fault !== undefined) return fault;
    if (labelName(name).startsWith('__')) return `the tag ${quoted(name)} is reserved`;
    if (name.length > limits.label_name) return `a tag's name has ${name.length} characters; at most ${limits.label_name} are taken`;
    if (value.length > limits.label_value)
      return `the tag ${quoted(name)} has ${value.length} characters; at most ${limits.label_value} are taken`;
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(value)) return `the tag ${quoted(name)} holds a control character`;
  }
  return undefined;
}

function sorted(labels: ReadonlyMap<string, string>): (readonly [string, string])[] {
  return [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `{cluster="dahu",instance="dahu33"}`, as the exposition has it. */
export function labelText(labels: Identity['labels']): string {
  return `{${labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',')}}`;
}

/** A label's value as the exposition writes it between quotes. */
export function escapeLabel(value: string): string {
  return value.replace(/["\\\n]/g, (char) => (char === '\n' ? String.raw`\n` : `\\${char}`));
}
