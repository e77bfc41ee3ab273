import type { NodeSummary } from '../../collector/api/nodes.ts';
import { make } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import { loadBands, loadTone } from './load-band.ts';

/** One small tile a node, coloured by its load as Ganglia does; the list below says the same in words. */
export function loadMap(parent: HTMLElement, open: (node: string) => void): { show(nodes: readonly NodeSummary[]): void } {
  const tiles = make('div', 'tiles');
  // The list is what a keyboard or a screen reader uses.
  tiles.setAttribute('aria-hidden', 'true');
  parent.replaceChildren(tiles, legend());
  tiles.addEventListener('click', ({ target }) => {
    const name = target instanceof HTMLElement ? target.dataset['node'] : undefined;
    if (name !== undefined) open(name);
  });
  const list = keyedList<NodeSummary>(
    tiles,
    ({ name }) => name,
    ({ name }) => {
      const element = make('i');
      element.dataset['node'] = name;
      let drawn = '';
      return {
        element,
        update(node) {
          const tone = `tile ${loadTone(node) ?? 'load-none'}${node.state === 'late' ? ' tile-late' : ''}`;
          if (tone === drawn) return;
          element.className = drawn = tone;
          element.title = `${name}: ${node.state}`;
        },
      };
    },
  );
  return { show: (nodes) => list.show(nodes) };
}

function legend(): HTMLElement {
  const entries = loadBands.map(({ tone, title }) => make('span', 'legend-entry', make('i', `tile ${tone}`), title));
  return make(
    'p',
    'legend',
    ...entries,
    make('span', 'legend-entry', make('i', 'tile load-0 tile-late'), 'late'),
    make('span', 'legend-entry', make('i', 'tile load-down'), 'down'),
    make('span', 'legend-entry', make('i', 'tile load-none'), 'unknown'),
  );
}
