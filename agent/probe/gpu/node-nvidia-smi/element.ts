/** Elements of XML by name, as xml2js makes them with `explicitArray: false`: one is itself, several are an array. */
export type Group = Readonly<Record<string, unknown>>;

/** Whether an element has elements of its own. */
export function isGroup(element: unknown): element is Group {
  return typeof element === 'object' && element !== null && !Array.isArray(element);
}

/** The element at a path (`fb_memory_usage.used`); undefined where there is none. */
export function elementAt(group: Group, path: string): unknown {
  let element: unknown = group;
  for (const name of path.split('.')) element = isGroup(element) ? element[name] : undefined;
  return element;
}

/** The text of the element at a path; empty where there is none. */
export function textAt(group: Group, path: string): string {
  const element = elementAt(group, path);
  return typeof element === 'string' ? element : '';
}

/** The groups at a path: none, the one there, or each of several. */
export function groupsAt(group: Group, path: string): readonly Group[] {
  const element = elementAt(group, path);
  return (Array.isArray(element) ? element : [element]).filter(isGroup);
}
