import { declaredMetrics } from '../../expose/declared.gen.ts';

const declared = new Map(
  Object.values(declaredMetrics).flatMap((metrics) =>
    Object.values(metrics).map(({ name, set, field }) => [name, { measurement: set, field }] as const),
  ),
);

/** Measurement and field that a metric's name is made of in line protocol: as it is declared, or else cut at the first `_`. Undefined where it cannot be cut. */
export function lineName(name: string): { readonly measurement: string; readonly field: string } | undefined {
  const known = declared.get(name);
  if (known !== undefined) return known;
  const cut = name.indexOf('_', 1);
  return cut < 0 || cut === name.length - 1 ? undefined : { measurement: name.slice(0, cut), field: name.slice(cut + 1) };
}
