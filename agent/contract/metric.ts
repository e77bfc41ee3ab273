import { units } from './units.ts';
import type { Unit } from './units.ts';

/** `untyped` only where node_exporter itself says so (vmstat). */
export type MetricKind = 'counter' | 'gauge' | 'untyped';

/** A declared metric: what a number means. Its name is written out in full, once, so that a search finds it. */
export interface Metric<Label extends string = string> {
  readonly name: string;
  /** Line protocol measurement: the first part of the name. */
  readonly set: string;
  /** Line protocol field: the rest of the name, after `set_`. */
  readonly field: string;
  readonly kind: MetricKind;
  readonly unit: Unit;
  /** One sentence, with a full stop but where node_exporter has none; the HELP line, the documentation row and the panel description. */
  readonly help: string;
  readonly labels: readonly Label[];
}

/** What a declaration states; the name is its key. */
export interface MetricSpec<Label extends string = string> {
  readonly kind: MetricKind;
  readonly unit: Unit;
  readonly help: string;
  readonly labels?: readonly Label[];
  /** Says that the name does not end as unit and kind ask, because node_exporter named it so. */
  readonly inheritedName?: true;
  /** Says that the help has no full stop, because node_exporter wrote it so. */
  readonly inheritedHelp?: true;
}

type LabelOf<Spec> = Spec extends { readonly labels: readonly (infer Label extends string)[] } ? Label : never;

/** Metrics of one component, by full name. */
export type Metrics = Readonly<Record<string, Metric>>;

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Declares one metric of the set. For families whose members only the machine knows (a field of /proc/meminfo);
 * everything known in advance belongs into {@link defineMetrics}.
 *
 * @throws Error where the name does not start with `set_`, does not end as its unit and kind ask, or the help is no sentence.
 */
export function defineMetric<const Spec extends MetricSpec>(set: string, name: string, spec: Spec): Metric<LabelOf<Spec>> {
  const labels = (spec.labels ?? []) as readonly LabelOf<Spec>[];
  const fault = faultOf(set, name, spec);
  if (fault !== undefined) throw new Error(`metric ${name}: ${fault}`);
  return { name, set, field: name.slice(set.length + 1), kind: spec.kind, unit: spec.unit, help: spec.help, labels };
}

/** Declares the metrics of one set, once, for every place that shows them. Throws as {@link defineMetric} does. */
export function defineMetrics<const Specs extends Readonly<Record<string, MetricSpec>>>(
  set: string,
  specs: Specs,
): { readonly [Name in keyof Specs & string]: Metric<LabelOf<Specs[Name]>> } {
  const metrics: Record<string, Metric> = {};
  for (const [name, spec] of Object.entries(specs)) metrics[name] = defineMetric(set, name, spec);
  return metrics as { readonly [Name in keyof Specs & string]: Metric<LabelOf<Specs[Name]>> };
}

function faultOf(set: string, name: string, spec: MetricSpec): string | undefined {
  if (!NAME.test(name)) return 'is not a Prometheus metric name';
  if (!name.startsWith(`${set}_`)) return `does not start with its set "${set}_"`;
  for (const label of spec.labels ?? []) if (!LABEL.test(label)) return `"${label}" is not a label name`;
  if (spec.help.endsWith('.') === (spec.inheritedHelp ?? false) || spec.help.includes('\n'))
    return 'its help is not one sentence with a full stop';
  if (spec.inheritedName) return undefined;
  const ending = units[spec.unit].suffix + (spec.kind === 'counter' ? '_total' : '');
  if (!name.endsWith(ending)) return `does not end with "${ending}"`;
  if (spec.kind !== 'counter' && name.endsWith('_total')) return 'ends with "_total" but is no counter';
  return undefined;
}
