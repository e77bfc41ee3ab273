import type { Matcher } from '../../promql/ast.ts';
import { labelName } from '../../series/identity.ts';
import { quotedName, quotedRegex, quotedText } from './quoting.ts';

/**
 * What of the matchers InfluxQL can be asked, as terms of a WHERE clause. Whoever matches passes them; who passes may still not match:
 * what InfluxQL does not say in exactly the same words is left out.
 *
 * @param tags names of the measurement's tags; undefined where they are not known.
 */
export function tagConditions(matchers: readonly Matcher[], tags: readonly string[] | undefined): readonly string[] {
  return matchers.flatMap((matcher) => (matcher.name === '__name__' ? [] : (conditionOf(matcher, tags) ?? [])));
}

function conditionOf(matcher: Matcher, tags: readonly string[] | undefined): string | undefined {
  const spelled = tags?.filter((tag) => labelName(tag) === matcher.name) ?? [];
  if (spelled.length > 1 || (tags === undefined && matcher.name.includes('_'))) return undefined;
  const tag = spelled[0] ?? matcher.name;
  const own = termOf(tag, matcher);
  if (matcher.name !== 'instance' || own === undefined || (tags !== undefined && !tags.includes('host'))) return own;
  // The node is its `instance`, or `host` where there is none.
  const host = termOf('host', matcher) ?? '';
  return `((${quotedName(tag)}::tag != '' AND ${own}) OR (${quotedName(tag)}::tag = '' AND ${host}))`;
}

// An absent tag is the empty text to InfluxQL too, of all four operators.
function termOf(tag: string, { op, value }: Matcher): string | undefined {
  const left = `${quotedName(tag)}::tag`;
  if (op === '=' || op === '!=') return `${left} ${op} ${quotedText(value)}`;
  const regex = isPlain(value) ? quotedRegex(`^(?s:${value})$`) : undefined;
  return regex === undefined ? undefined : `${left} ${op} ${regex}`;
}

/** Characters of a pattern; RE2's own limits are beyond. */
const LONGEST = 2000;

// Flags, groups with names and classes of Unicode differ between versions of RE2, or of its tables.
function isPlain(pattern: string): boolean {
  return pattern.length <= LONGEST && !/\(\?(?!:)|\\[pPQC]/.test(pattern);
}
