import type { Matcher } from 're2js';

/** Writes a template of Go's regular expressions: `$1`, `${1}`, `$name` and `${name}` are groups of the match, `$$` is `$`; a group that is not there is empty. */
export function expandTemplate(template: string, match: Matcher): string {
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return name === undefined ? whole.slice(1) : groupNamed(name, match);
  });
}

function groupNamed(name: string, match: Matcher): string {
  // A number with leading zeros is a name to Go.
  if (/^(?:0|[1-9]\d{0,7})$/.test(name)) return Number(name) <= match.groupCount() ? (match.group(Number(name)) ?? '') : '';
  return Object.hasOwn(match.namedGroups, name) ? (match.group(name) ?? '') : '';
}
