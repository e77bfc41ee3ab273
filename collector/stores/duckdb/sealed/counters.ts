import { declaredMetrics } from '../../../expose/declared.gen.ts';

const declared = new Map(
  Object.values(declaredMetrics).flatMap((set) => Object.values(set).map(({ name, kind }) => [name, kind] as const)),
);

/** Whether a metric counts up, or may (untyped ones are asked for their rate): as it is declared, or, of others' metrics, by its name. */
export function isCounter(name: string): boolean {
  const kind = declared.get(name);
  return kind === undefined ? /_(?:total|sum|count|bucket)$/.test(name) : kind !== 'gauge';
}
