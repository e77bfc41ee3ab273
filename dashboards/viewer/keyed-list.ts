/** One entry of a list: its element, and how it takes a newer item. */
export interface Entry<T> {
  readonly element: Element;
  update(item: T): void;
}

/** A list whose elements are kept by key. */
export interface KeyedList<T> {
  /** Shows these items in this order: new ones are made, gone ones removed, the rest updated and moved only where they must. */
  show(items: readonly T[]): void;
}

/** Keeps the children of `parent` equal to a list of items. */
export function keyedList<T>(parent: Element, keyOf: (item: T) => string, create: (item: T) => Entry<T>): KeyedList<T> {
  let entries = new Map<string, Entry<T>>();
  return {
    show(items) {
      const kept = new Map<string, Entry<T>>();
      for (const item of items) {
        const key = keyOf(item);
        const entry = entries.get(key) ?? create(item);
        entry.update(item);
        kept.set(key, entry);
      }
      for (const [key, { element }] of entries) if (!kept.has(key)) element.remove();
      let next = parent.firstElementChild;
      for (const { element } of kept.values()) {
        if (element === next) next = next.nextElementSibling;
        else parent.insertBefore(element, next);
      }
      entries = kept;
    },
  };
}
