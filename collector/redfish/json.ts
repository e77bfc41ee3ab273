/** A JSON object of a BMC, of which nothing is certain. */
export type Json = Readonly<Record<string, unknown>>;

/** The object under a key, or an empty one. */
export function objectAt(of: unknown, key: string): Json {
  const value = isObject(of) ? of[key] : undefined;
  return isObject(value) ? value : {};
}

/** The objects in the list under a key; what is no object, like the null of an absent fan, is left out. */
export function objectsAt(of: unknown, key: string): readonly Json[] {
  const value = isObject(of) ? of[key] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The finite number under a key; null, text and the rest are undefined. */
export function numberAt(of: unknown, key: string): number | undefined {
  const value = isObject(of) ? of[key] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The text under a key, or an empty one. */
export function textAt(of: unknown, key: string): string {
  const value = isObject(of) ? of[key] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}

/** Where a link under a key points (`{"@odata.id": "/redfish/…"}`), or undefined. */
export function linkAt(of: unknown, key: string): string | undefined {
  return ownPath(objectAt(of, key));
}

/** The path of a resource by its own words. */
export function ownPath(of: Json): string | undefined {
  const path = textAt(of, '@odata.id');
  return path === '' ? undefined : path;
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
