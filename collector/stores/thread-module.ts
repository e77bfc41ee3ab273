import { existsSync } from 'node:fs';

/**
 * URL of a module, named `NAME.js` beside the one whose `import.meta.url` is given, for a thread to import: of the built one where this
 * runs from its source, which a thread cannot read.
 */
export function threadModule(name: string, beside: string): string {
  const here = new URL(name, beside);
  if (existsSync(here)) return here.href;
  return new URL(here.href.replace(/\/(collector\/(?!.*\/collector\/))/, '/dist/$1')).href;
}
