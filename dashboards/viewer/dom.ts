/** An element with a class and children; strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** The page's element of this id. Throws where index.html lacks it. */
export function byId<E extends HTMLElement>(id: string, kind: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`index.html has no ${kind.name} #${id}`);
}

/** What a cell shows; absent parts are taken away. */
export interface Shown {
  readonly text: string;
  readonly title?: string | undefined;
  /** 0 to 1, drawn as a bar. */
  readonly ratio?: number | null | undefined;
  /** Class that colours it. */
  readonly tone?: string | undefined;
}

/** A cell that touches the document only where what it shows has changed. */
export interface Cell {
  readonly element: HTMLElement;
  show(shown: Shown): void;
}

/** A cell with a text and, once it has been given a ratio, a bar under it. */
export function cell(className: string): Cell {
  const text = make('span', 'text');
  const element = make('span', className, text);
  let bar: HTMLElement | undefined;
  let last: Shown = { text: '' };
  let drawn = '';
  return {
    element,
    show(shown) {
      if (shown.text !== last.text) text.textContent = shown.text;
      if (shown.title !== last.title) {
        if (shown.title === undefined) element.removeAttribute('title');
        else element.title = shown.title;
      }
      if (shown.tone !== last.tone) {
        if (last.tone !== undefined) element.classList.remove(last.tone);
        if (shown.tone !== undefined) element.classList.add(shown.tone);
      }
      if (bar === undefined && shown.ratio !== undefined) element.append((bar = make('span', 'bar')));
      // Steps of 1 % are all that a bar shows.
      const width = Math.min(1, Math.max(0, shown.ratio ?? 0)).toFixed(2);
      if (bar !== undefined && width !== drawn) bar.style.setProperty('--ratio', (drawn = width));
      last = shown;
    },
  };
}
