import type { NodeSummary } from '../../collector/api/nodes.ts';
import { columns } from './columns.ts';
import type { Column } from './columns.ts';
import { cell, make } from './dom.ts';
import { keyedList } from './keyed-list.ts';
import type { Entry } from './keyed-list.ts';
import { notesOf } from './notes.ts';

/** What the list of nodes tells. */
export interface FleetEvents {
  readonly sort: (column: Column) => void;
  readonly open: (node: string) => void;
}

/** The list of nodes: a line each, its cells by column. */
export interface Fleet {
  show(nodes: readonly NodeSummary[], sort: string, descending: boolean): void;
}

/** A list in `parent`, which has the role of a table. */
export function fleet(parent: HTMLElement, events: FleetEvents): Fleet {
  const heads = columns.map((column) => head(column, events));
  const headRow = make('div', 'row head', ...heads);
  headRow.setAttribute('role', 'row');
  const body = make('div', 'body');
  body.setAttribute('role', 'rowgroup');
  parent.replaceChildren(headRow, body);
  body.addEventListener('click', (event) => {
    const { target } = event;
    // A new tab or window is the browser's to open.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = target instanceof Element ? target.closest<HTMLElement>('.row')?.dataset['node'] : undefined;
    // Whoever marks text to copy it does not want the panel.
    if (name !== undefined && getSelection()?.isCollapsed !== false) events.open(name);
  });
  const rows = keyedList<NodeSummary>(body, ({ name }) => name, row);
  return {
    show(nodes, sort, descending) {
      heads.forEach((element, index) => {
        const mine = columns[index]?.id === sort;
        element.setAttribute('aria-sort', mine ? (descending ? 'descending' : 'ascending') : 'none');
      });
      parent.setAttribute('aria-rowcount', String(nodes.length + 1));
      rows.show(nodes);
    },
  };
}

function head(column: Column, { sort }: FleetEvents): HTMLElement {
  const button = make('button', '', column.title);
  button.type = 'button';
  button.title = column.help;
  button.addEventListener('click', () => sort(column));
  const element = make('span', `cell ${column.id}`, button);
  element.setAttribute('role', 'columnheader');
  return element;
}

function row({ name }: NodeSummary): Entry<NodeSummary> {
  const cells = columns.map((column) => {
    const made = cell(`cell ${column.id}`);
    made.element.setAttribute('role', 'cell');
    // On a phone the column heads are gone.
    made.element.dataset['title'] = column.title;
    return made;
  });
  const element = make('div', 'row', ...cells.map((made) => made.element));
  element.setAttribute('role', 'row');
  element.dataset['node'] = name;
  const cluster = make('span', 'cluster');
  const link = make('a', 'node-link', name);
  link.href = `?node=${encodeURIComponent(name)}`;
  cells[columns.findIndex(({ id }) => id === 'name')]?.element.replaceChildren(link, cluster);
  const note = make('span', 'note');
  note.setAttribute('role', 'cell');
  let shown = { state: '', cluster: '', note: '' };
  return {
    element,
    update(node) {
      columns.forEach((column, index) => {
        if (column.id !== 'name') cells[index]?.show(column.show(node));
      });
      const now = { state: node.state, cluster: node.cluster, note: notesOf(node) };
      if (now.state !== shown.state) element.dataset['state'] = now.state;
      if (now.cluster !== shown.cluster) cluster.textContent = now.cluster;
      if (now.note !== shown.note) {
        note.textContent = now.note;
        if (now.note === '') note.remove();
        else element.append(note);
      }
      shown = now;
    },
  };
}
