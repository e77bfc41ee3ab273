import type { NodeSummary } from '../../collector/api/nodes.ts';
import { clusterWord } from './choice.ts';
import { make } from './dom.ts';
import { whole } from './format.ts';
import { keyedList } from './keyed-list.ts';

interface Chip {
  readonly word: string;
  readonly text: string;
  readonly tone: string;
  readonly pressed: boolean;
}

/** The header's counts by state and by cluster; each is a button that puts its word into the filter, or takes it out. */
export function header(
  counts: HTMLElement,
  clusters: HTMLElement,
  toggle: (word: string) => void,
): { show(nodes: readonly NodeSummary[], filter: string): void } {
  const stateChips = keyedList<Chip>(
    counts,
    ({ word }) => word,
    (item) => chip(item, toggle),
  );
  const clusterChips = keyedList<Chip>(
    clusters,
    ({ word }) => word,
    (item) => chip(item, toggle),
  );
  return {
    show(nodes, filter) {
      const words = new Set(filter.toLowerCase().split(/\s+/));
      const states = { alive: 0, late: 0, down: 0 };
      const sizes = new Map<string, number>();
      for (const { state, cluster } of nodes) {
        states[state]++;
        if (cluster !== '') sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
      }
      stateChips.show(
        (['alive', 'late', 'down'] as const).map((state) => {
          const word = `state:${state}`;
          return { word, text: `${whole(states[state])} ${state}`, tone: `state-${state}`, pressed: words.has(word) };
        }),
      );
      clusterChips.show(
        [...sizes].map(([cluster, size]) => {
          const word = clusterWord(cluster);
          return { word, text: sizes.size === 1 ? cluster : `${cluster} ${whole(size)}`, tone: 'plain', pressed: words.has(word) };
        }),
      );
    },
  };
}

function chip({ word, tone }: Chip, toggle: (word: string) => void): { element: HTMLElement; update(item: Chip): void } {
  const text = make('span', 'text');
  const element = make('button', `chip ${tone}`, text);
  element.type = 'button';
  element.title = `Show only ${word.replace(':', ' ')}`;
  element.addEventListener('click', () => toggle(word));
  let shown = '';
  return {
    element,
    update(item) {
      if (item.text !== shown) text.textContent = shown = item.text;
      element.setAttribute('aria-pressed', String(item.pressed));
      element.classList.toggle('none', item.text.startsWith('0 '));
    },
  };
}
