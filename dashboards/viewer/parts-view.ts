import { cell, make } from './dom.ts';
import type { Shown } from './dom.ts';
import { byteRate, bytes, celsius, digits, percent, UNKNOWN } from './format.ts';
import { keyedList } from './keyed-list.ts';
import { coresOf, disksOf, filesystemsOf, interfacesOf, sensorsOf } from './node-parts.ts';
import type { Core } from './node-parts.ts';
import type { Reading } from './reading.ts';

/** A section of a node's view. */
interface Part {
  readonly element: HTMLElement;
  show(reading: Reading): void;
}

/** Lines of a part that are seen before `the rest` is opened. */
const SEEN = 12;

/** What a node is made of: CPUs, disks, interfaces, file systems and sensors, each with its numbers. */
export function partsView(): { readonly element: HTMLElement; show(reading: Reading): void } {
  const cores = coresPart();
  const parts: readonly Part[] = [
    linesPart('Disks', ['', 'read', 'written', 'ops/s', 'busy'], disksOf, ({ device }) => device, [
      ({ device }) => ({ text: device }),
      ({ read }) => rate(read),
      ({ written }) => rate(written),
      ({ operations }) => ({ text: operations === null ? UNKNOWN : digits(operations) }),
      ({ busy }) => share(busy),
    ]),
    linesPart('Network', ['', 'in', 'out', 'faults/s'], interfacesOf, ({ device }) => device, [
      ({ device, used }) => ({ text: device, ...(used ? {} : { title: 'nothing has ever gone through it', tone: 'idle' }) }),
      ({ received }) => rate(received),
      ({ sent }) => rate(sent),
      ({ faults }) => ({
        text: faults === null ? UNKNOWN : digits(faults),
        title: 'errors and drops, both ways',
        ...((faults ?? 0) > 0 ? { tone: 'high' } : {}),
      }),
    ]),
    linesPart('File systems', ['', 'used', 'free', 'inodes'], filesystemsOf, ({ mountpoint }) => mountpoint, [
      ({ mountpoint, type }) => ({ text: mountpoint, title: type }),
      ({ usedRatio }) => share(usedRatio, usedRatio > 0.9),
      ({ available, size }) => ({ text: `${bytes(available)} of ${bytes(size)}` }),
      ({ inodesRatio }) => ({ text: inodesRatio === null ? UNKNOWN : percent(inodesRatio) }),
    ]),
    linesPart('Temperatures', ['', 'now', 'limit'], sensorsOf, ({ key }) => key, [
      ({ name }) => ({ text: name, title: name }),
      ({ celsius: now, limit }) => ({
        text: celsius(now),
        ratio: now / (limit ?? 100),
        ...(limit !== null && now >= limit ? { tone: 'high' } : {}),
      }),
      ({ limit }) => ({ text: limit === null ? UNKNOWN : celsius(limit) }),
    ]),
  ];
  return {
    element: make('div', 'parts', cores.element, make('div', 'columns', ...parts.map(({ element }) => element))),
    show(reading) {
      cores.show(reading);
      for (const part of parts) part.show(reading);
    },
  };
}

function rate(value: number | null): Shown {
  return { text: value === null ? UNKNOWN : byteRate(value), ...(value === 0 ? { tone: 'idle' } : {}) };
}

function share(value: number | null, high = false): Shown {
  return { text: value === null ? UNKNOWN : percent(Math.min(1, value)), ratio: value, ...(high ? { tone: 'high' } : {}) };
}

function linesPart<T>(
  title: string,
  heads: readonly string[],
  itemsOf: (reading: Reading) => readonly T[],
  keyOf: (item: T) => string,
  cells: readonly ((item: T) => Shown)[],
): Part {
  const headRow = make('tr', '', ...heads.map((head) => make('th', '', head)));
  const body = make('tbody');
  const more = make('button', 'more');
  more.type = 'button';
  const element = make('section', 'part', make('h3', '', title), make('table', '', make('thead', '', headRow), body), more);
  let all = false;
  let items: readonly T[] = [];
  const list = keyedList<T>(body, keyOf, () => {
    const made = cells.map((_, index) => cell(index === 0 ? 'of' : 'value'));
    return {
      element: make('tr', '', ...made.map((one) => make('td', '', one.element))),
      update: (item) => made.forEach((one, index) => one.show(cells[index]?.(item) ?? { text: '' })),
    };
  });
  const draw = (): void => {
    element.hidden = items.length === 0;
    list.show(all ? items : items.slice(0, SEEN));
    more.hidden = items.length <= SEEN;
    const text = all ? 'show fewer' : `show ${items.length - SEEN} more`;
    if (more.textContent !== text) more.textContent = text;
  };
  more.addEventListener('click', () => {
    all = !all;
    draw();
  });
  return {
    element,
    show(reading) {
      items = itemsOf(reading);
      draw();
    },
  };
}

function coresPart(): Part {
  const grid = make('div', 'cores');
  const key = make(
    'p',
    'legend',
    ...['user', 'system', 'iowait'].map((mode) => make('span', 'legend-entry', make('i', `mode-${mode}`), mode)),
  );
  const element = make('section', 'part', make('h3', '', 'CPUs'), grid, key);
  const list = keyedList<Core>(
    grid,
    ({ cpu }) => cpu,
    ({ cpu }) => {
      const bars = make('span', 'core-bars', make('i', 'mode-iowait'), make('i', 'mode-system'), make('i', 'mode-user'));
      const busy = cell('core-busy');
      const made = make('div', 'core', make('span', 'core-name', cpu), bars, busy.element);
      let drawn = '';
      return {
        element: made,
        update(core) {
          busy.show(core.busy === null ? { text: UNKNOWN, title: 'known from the second poll on' } : { text: percent(core.busy) });
          const now = [core.user, core.system, core.iowait].map((part) => part.toFixed(2)).join(' ');
          if (now === drawn) return;
          drawn = now;
          made.title = `CPU ${cpu}: ${percent(core.user)} user, ${percent(core.system)} system, ${percent(core.iowait)} waiting for disks`;
          // Each bar lies over the one before: the longest first.
          const ends = [core.user + core.system + core.iowait, core.user + core.system, core.user];
          [...bars.children].forEach((bar, index) => {
            if (bar instanceof HTMLElement) bar.style.setProperty('--ratio', (ends[index] ?? 0).toFixed(2));
          });
        },
      };
    },
  );
  return {
    element,
    show(reading) {
      const cores = coresOf(reading);
      element.hidden = cores.length === 0;
      list.show(cores);
    },
  };
}
