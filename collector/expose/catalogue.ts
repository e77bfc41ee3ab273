import type { Metric, MetricKind } from '../../agent/contract/metric.ts';

/** What the exposition says about a family. */
export interface FamilyFacts {
  readonly kind: MetricKind;
  readonly help: string;
}

/** What is known of metric names: those declared, families whose members only machines know, and anybody else's. */
export interface Catalogue {
  facts(name: string): FamilyFacts;
}

/** A catalogue of these metrics. */
export function catalogueOf(metrics: Iterable<Metric>): Catalogue {
  const known = new Map<string, FamilyFacts>();
  for (const { name, kind, help } of metrics) known.set(name, { kind, help });
  return {
    facts(name) {
      let facts = known.get(name);
      if (facts === undefined) {
        facts = guess(name);
        // Names nobody declared come from other agents, and there may be any number of them.
        if (known.size < 50_000) known.set(name, facts);
      }
      return facts;
    },
  };
}

function guess(name: string): FamilyFacts {
  const [, field] = /^node_memory_(.+?)(?:_bytes)?$/.exec(name) ?? [];
  if (field !== undefined) return { kind: 'gauge', help: `Memory information field ${field}.` };
  const [, statistic] = /^node_network_((?:receive|transmit)_.+?)(?:_total)?$/.exec(name) ?? [];
  if (statistic !== undefined) return { kind: 'counter', help: `Network device statistic ${statistic}.` };
  const kind = name.endsWith('_total') ? 'counter' : 'untyped';
  return { kind, help: "Sent by an agent; not among this collector's metrics." };
}
