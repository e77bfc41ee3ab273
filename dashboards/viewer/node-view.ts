import type { NodeSummary } from '../../collector/api/nodes.ts';
import { cardGrid } from './cards.ts';
import { stateTitle } from './columns.ts';
import { cell, make } from './dom.ts';
import { duration, percent, whole } from './format.ts';
import type { History } from './history.ts';
import { keyedList } from './keyed-list.ts';
import { notesOf } from './notes.ts';
import { factsOf } from './node-parts.ts';
import { partsView } from './parts-view.ts';
import type { Reading } from './reading.ts';

/** One node in full. */
export interface NodeView {
  readonly element: HTMLElement;
  /** Without a reading, what the summary says is all there is. */
  show(node: NodeSummary, reading: Reading | undefined, past: History): void;
}

/** A view of one node: big numbers with their last minutes, and everything it is made of. */
export function nodeView(): NodeView {
  const state = cell('state');
  const name = make('h2');
  const facts = make('dl', 'facts');
  const note = make('p', 'note');
  const cards = cardGrid();
  const parts = partsView();
  const factList = keyedList<readonly [string, string]>(
    facts,
    ([title]) => title,
    ([title]) => {
      const text = cell('fact');
      const value = make('dd', '', text.element);
      return { element: make('div', '', make('dt', '', title), value), update: ([, fact]) => text.show({ text: fact }) };
    },
  );
  const element = make('article', 'node', make('div', 'node-head', name, state.element), facts, note, cards.element, parts.element);
  let last: Reading | undefined;
  return {
    element,
    show(node, reading, past) {
      if (name.textContent !== node.name) name.textContent = node.name;
      const seen =
        node.silentSeconds === null ? 'never seen' : node.silentSeconds < 2 ? '' : `last seen ${duration(node.silentSeconds)} ago`;
      state.show({ text: seen === '' ? node.state : `${node.state}, ${seen}`, title: stateTitle(node), tone: `state-${node.state}` });
      element.dataset['state'] = node.state;
      const notes = [
        node.state === 'down' ? 'The node is down: what stands below was true when it was last seen.' : '',
        notesOf(node),
      ].filter(Boolean);
      note.textContent = notes.join(' ');
      note.hidden = notes.length === 0;
      last = reading ?? last;
      factList.show([...summaryFacts(node), ...(last === undefined ? [] : factsOf(last)), ...agentCost(last)]);
      cards.show(node, last, past);
      if (last !== undefined) parts.show(last);
    },
  };
}

function summaryFacts({ cluster, uptimeSeconds, series, periodSeconds }: NodeSummary): (readonly [string, string])[] {
  return [
    ...(cluster === '' ? [] : [['Cluster', cluster] as const]),
    ...(uptimeSeconds === null ? [] : [['Up', duration(uptimeSeconds)] as const]),
    ['Series', `${whole(series)}, every ${duration(Math.round(periodSeconds))}`.replace('.0', '')],
  ];
}

// What watching costs the one who is watched.
function agentCost(reading: Reading | undefined): (readonly [string, string])[] {
  const sample = reading?.all('vigie_agent_cpu_seconds_total')[0];
  const cpu = sample === undefined ? null : (reading?.rate('vigie_agent_cpu_seconds_total', sample) ?? null);
  return cpu === null ? [] : [['Agent’s own CPU', `${percent(cpu)} of one`]];
}
