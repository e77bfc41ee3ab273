import type { NodeSummary } from '../../collector/api/nodes.ts';
import { notesOf } from './notes.ts';

/** What the reader has chosen to see; the page's address carries it. */
export interface Choice {
  readonly filter: string;
  /** A column's id. */
  readonly sort: string;
  readonly descending: boolean;
  /** The node whose panel is open. */
  readonly node: string | undefined;
}

/** The worst state first. */
export const DEFAULT_SORT = 'state';

/** Reads `?q=dahu&sort=-cpu&node=dahu33`. */
export function readChoice(query: string): Choice {
  const given = new URLSearchParams(query);
  const sort = given.get('sort') ?? DEFAULT_SORT;
  const descending = sort.startsWith('-');
  return {
    filter: given.get('q') ?? '',
    sort: descending ? sort.slice(1) : sort,
    descending,
    node: given.get('node') ?? undefined,
  };
}

/** Writes what `readChoice` reads; empty where everything is as it comes. */
export function writeChoice({ filter, sort, descending, node }: Choice): string {
  const given = new URLSearchParams();
  if (filter !== '') given.set('q', filter);
  if (sort !== DEFAULT_SORT || descending) given.set('sort', `${descending ? '-' : ''}${sort}`);
  if (node !== undefined) given.set('node', node);
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether a node has every word of the filter: `state:` and `cluster:` exactly, others anywhere in what is written of it. */
export function matcher(filter: string): (node: NodeSummary) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return (node) => words.every((word) => hasWord(node, word));
}

/** The filter's word for exactly this cluster. */
export function clusterWord(cluster: string): string {
  return `cluster:${cluster.toLowerCase().replaceAll(/\s/g, '_')}`;
}

function hasWord(node: NodeSummary, word: string): boolean {
  if (word.startsWith('state:')) return node.state === word.slice('state:'.length);
  if (word.startsWith('cluster:')) return clusterWord(node.cluster) === word;
  return `${node.name} ${node.cluster} ${node.state} ${notesOf(node)}`.toLowerCase().includes(word);
}

/** Nodes by a key, those without one last in either direction; equal ones stay as they were. */
export function sorted(
  nodes: readonly NodeSummary[],
  keyOf: (node: NodeSummary) => number | string | null,
  descending: boolean,
): NodeSummary[] {
  const sign = descending ? -1 : 1;
  const keyed = nodes.map((node) => ({ node, key: keyOf(node) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return sign * compare(a.key, b.key);
  });
  return keyed.map(({ node }) => node);
}

const names = new Intl.Collator('en', { numeric: true });

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : names.compare(String(a), String(b));
}
