import type { NodeSummary } from '../../collector/api/nodes.ts';
import { matcher, readChoice, sorted, writeChoice } from './choice.ts';
import type { Choice } from './choice.ts';
import { columns } from './columns.ts';
import { byId, make } from './dom.ts';
import { fleet } from './fleet.ts';
import { clockTime, duration, whole } from './format.ts';
import { header } from './header.ts';
import { history } from './history.ts';
import { loadMap } from './load-map.ts';
import { nodeView } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { bodyOf, poll } from './poll.ts';
import { readings } from './reading.ts';
import type { Reading, Readings } from './reading.ts';
import { withReading } from './with-reading.ts';

const POLL_MS = 2000;
/** From so many nodes on, a map of tiles stands above the list. */
const MAP_FROM = 12;

let choice: Choice = readChoice(location.search);
let nodes: readonly NodeSummary[] = [];
let polled = false;
/** The node shown in full, with what was read of it. */
let detail: { readonly name: string; readonly view: NodeView; readonly readings: Readings; reading: Reading | undefined } | undefined;
const past = history();

const trouble = byId('trouble', HTMLElement);
const pulse = byId('pulse', HTMLElement);
const waiting = byId('waiting', HTMLElement);
const solo = byId('solo', HTMLElement);
const fleetSection = byId('fleet', HTMLElement);
const filter = byId('filter', HTMLInputElement);
const sortChoice = byId('sort', HTMLSelectElement);
const matching = byId('matching', HTMLElement);
const map = byId('map', HTMLElement);
const panel = byId('panel', HTMLDialogElement);

const top = header(byId('counts', HTMLElement), byId('clusters', HTMLElement), toggleWord);
const tiles = loadMap(map, openNode);
const list = fleet(byId('nodes', HTMLElement), { sort: sortBy, open: openNode });

filter.addEventListener('input', () => choose({ filter: filter.value }));
sortChoice.append(...columns.map(({ id, title }) => new Option(title, id)));
sortChoice.addEventListener('change', () => {
  const column = columns.find(({ id }) => id === sortChoice.value);
  if (column !== undefined) choose({ sort: column.id, descending: column.greatestFirst });
});
panel.addEventListener('close', () => {
  if (choice.node !== undefined) choose({ node: undefined });
});
panel.addEventListener('click', ({ target }) => {
  // The dialog itself is hit only beside what it holds.
  if (target === panel) panel.close();
});
window.addEventListener('popstate', () => {
  choice = readChoice(location.search);
  draw();
  asked.now();
});

const asked = poll(POLL_MS, ask, { answered, failed });

async function ask(signal: AbortSignal): Promise<{ readonly nodes: readonly NodeSummary[]; readonly text: string | undefined }> {
  const body = await bodyOf(await fetch('api/v1/nodes', { signal }));
  const { data } = JSON.parse(body) as { data: readonly NodeSummary[] };
  const node = data.length === 1 ? data[0] : data.find(({ name }) => name === choice.node);
  // The exposition leaves out what is down.
  const text = node === undefined || node.state === 'down' ? undefined : await expositionOf(node.name, signal);
  return { nodes: data, text };
}

async function expositionOf(name: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`metrics/${encodeURIComponent(name)}`, { signal });
  // It went down between the two questions; the next answer will say so.
  if (response.status === 404) return undefined;
  return bodyOf(response);
}

function answered(answer: { readonly nodes: readonly NodeSummary[]; readonly text: string | undefined }): void {
  nodes = answer.nodes;
  polled = true;
  trouble.hidden = true;
  document.body.classList.remove('stale');
  pulse.textContent = `as of ${clockTime(Date.now())}`;
  const shown = shownNode();
  if (shown === undefined) detail = undefined;
  else if (detail?.name !== shown.name) detail = { name: shown.name, view: nodeView(), readings: readings(), reading: undefined };
  if (detail !== undefined && shown !== undefined && answer.text !== undefined) {
    const reading = detail.readings.take(answer.text, Date.now());
    detail.reading = reading;
    nodes = nodes.map((node) => (node === shown ? withReading(node, reading) : node));
  }
  past.note(nodes, Date.now());
  draw();
}

function failed(reason: string, since: number): void {
  const ago = duration(Math.floor((Date.now() - since) / 1000)).replace('.0', '');
  const kept = polled ? ' What stands below is from then.' : '';
  trouble.textContent = `The collector has not answered since ${clockTime(since)} (${ago}): ${reason}.${kept}`;
  trouble.hidden = false;
  document.body.classList.add('stale');
  if (!polled) waiting.hidden = true;
}

// A cluster of one node is shown in full at once; of more, the one that was chosen.
function shownNode(): NodeSummary | undefined {
  return nodes.length === 1 ? nodes[0] : nodes.find(({ name }) => name === choice.node);
}

function draw(): void {
  if (!polled) return;
  top.show(nodes, choice.filter);
  waiting.hidden = nodes.length > 0;
  if (nodes.length === 0)
    waiting.textContent =
      'No node has sent anything yet. Start an agent with this page’s address as its collector, and it will appear here.';
  const alone = nodes.length === 1;
  document.body.classList.toggle('alone', alone);
  solo.hidden = !alone;
  fleetSection.hidden = nodes.length < 2;
  if (!alone && nodes.length > 0) drawFleet();
  drawDetail(alone);
}

function drawFleet(): void {
  const column = columns.find(({ id }) => id === choice.sort) ?? columns[0];
  const matches = nodes.filter(matcher(choice.filter));
  const ordered = column === undefined ? matches : sorted(matches, (node) => column.key(node), choice.descending);
  if (filter.value !== choice.filter) filter.value = choice.filter;
  if (column !== undefined && sortChoice.value !== column.id) sortChoice.value = column.id;
  const text =
    matches.length === nodes.length ? `${whole(nodes.length)} nodes` : `${whole(matches.length)} of ${whole(nodes.length)} nodes`;
  if (matching.textContent !== text) matching.textContent = text;
  map.hidden = nodes.length < MAP_FROM;
  // In the server's order, by cluster and name: a tile keeps its place.
  if (!map.hidden) tiles.show(matches);
  list.show(ordered, choice.sort, choice.descending);
}

function drawDetail(alone: boolean): void {
  const node = shownNode();
  if (node !== undefined && detail?.name === node.name) {
    detail.view.show(node, detail.reading, past);
    const place = alone ? solo : panel;
    if (detail.view.element.parentElement !== place) place.replaceChildren(...(alone ? [] : [closeButton()]), detail.view.element);
  }
  const open = !alone && choice.node !== undefined && detail?.name === choice.node;
  if (open && !panel.open) panel.showModal();
  if (!open && panel.open) panel.close();
}

function closeButton(): HTMLElement {
  const button = make('button', 'close', 'Close');
  button.type = 'button';
  button.addEventListener('click', () => panel.close());
  return button;
}

function openNode(name: string): void {
  choose({ node: name });
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) return;
  detail = { name, view: nodeView(), readings: readings(), reading: undefined };
  draw();
  asked.now();
}

function sortBy({ id, greatestFirst }: { readonly id: string; readonly greatestFirst: boolean }): void {
  choose({ sort: id, descending: choice.sort === id ? !choice.descending : greatestFirst });
}

function toggleWord(word: string): void {
  const words = choice.filter.split(/\s+/).filter(Boolean);
  const rest = words.filter((other) => other.toLowerCase() !== word);
  choose({ filter: (rest.length < words.length ? rest : [...rest, word]).join(' ') });
}

function choose(change: Partial<Choice>): void {
  choice = { ...choice, ...change };
  const address = `${location.pathname}${writeChoice(choice)}`;
  // Back closes a panel; it does not undo letters of a filter.
  if (change.node === undefined) window.history.replaceState(undefined, '', address);
  else window.history.pushState(undefined, '', address);
  draw();
}
