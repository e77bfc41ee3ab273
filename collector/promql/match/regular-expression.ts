import { RE2JS, RE2JSException, type Matcher } from 're2js';
import { QueryError } from '../query-error.ts';
import { globTest } from './globs.ts';
import { regexSize } from './regex-size.ts';

/** Characters of a regular expression at most. A list of all nodes of a large cluster has far less. */
const LONGEST = 256 * 1024;
/** Instructions at most: each may cost its time at every character of every value. */
const MOST_INSTRUCTIONS = 10_000;
/** Milliseconds that one regular expression may take of a question. */
const LONGEST_TIME = 10_000;
/** Compiled ones that are kept; each may hold an automaton of up to 8 MiB (re2js). */
const MOST_KEPT = 16;

const kept = new Map<string, RE2JS>();

/**
 * What a regular expression accepts of whole values, in RE2's syntax and with `.` being any character, as Prometheus has it; in a time
 * that is linear in the value's length. Throws a QueryError of type `bad_data` where it does not compile, or to too much; what it
 * returns throws one of type `timeout` when it has taken ten seconds.
 */
export function regularExpression(pattern: string): (value: string) => boolean {
  refuseLong(pattern);
  return globTest(pattern) ?? lastKept(withinTime(pattern, compiled(pattern), (regex, value) => regex.matches(value)));
}

/**
 * What a regular expression makes of whole values, by the groups that it finds in them; undefined for those that it does not accept.
 * It is limited, and throws, as {@link regularExpression} does.
 */
export function capturing<Made>(pattern: string, make: (match: Matcher) => Made): (value: string) => Made | undefined {
  refuseLong(pattern);
  return withinTime(pattern, compiled(pattern), (regex, value) => {
    const matcher = regex.matcher(value);
    return matcher.matches() ? make(matcher) : undefined;
  });
}

function refuseLong(pattern: string): void {
  if (pattern.length <= LONGEST) return;
  throw new QueryError('bad_data', `regular expression is too long: ${pattern.length} characters, at most ${LONGEST}`);
}

/** About how many instructions a regular expression takes to be compiled to; none where it needs no automaton. */
export function regexCost(pattern: string): number {
  return pattern.length <= LONGEST && globTest(pattern) !== undefined ? 0 : regexSize(pattern);
}

function compiled(pattern: string): RE2JS {
  const before = kept.get(pattern);
  const regex = before ?? compile(pattern);
  // The one asked for last is the last to go.
  kept.delete(pattern);
  kept.set(pattern, regex);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return regex;
}

function compile(pattern: string): RE2JS {
  refuseLarge(regexSize(pattern));
  try {
    const regex = RE2JS.compile(pattern, RE2JS.DOTALL);
    refuseLarge(regex.programSize());
    return regex;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new QueryError('bad_data', goMessage(error.message), undefined, { cause: error });
  }
}

/** The message as Go's regexp/syntax has it: without re2js's own flag, and always with what is wrong. */
function goMessage(message: string): string {
  return message.endsWith('`') ? message.replace('`(?s)', '`') : `${message}: \`\``;
}

function refuseLarge(instructions: number): void {
  if (instructions <= MOST_INSTRUCTIONS) return;
  throw new QueryError('bad_data', `regular expression is too large: about ${instructions} instructions, at most ${MOST_INSTRUCTIONS}`);
}

function withinTime<Answer>(pattern: string, regex: RE2JS, of: (regex: RE2JS, value: string) => Answer): (value: string) => Answer {
  let taken = 0;
  return (value) => {
    if (taken > LONGEST_TIME)
      throw new QueryError('timeout', `regular expression takes more than ${LONGEST_TIME / 1000} s: ${pattern.slice(0, 100)}`);
    const start = performance.now();
    const answer = of(regex, value);
    taken += performance.now() - start;
    return answer;
  };
}

// Series come in the order of their labels, so that the same value often comes again.
function lastKept<Answer>(of: (value: string) => Answer): (value: string) => Answer {
  let last: string | undefined;
  let answer: Answer;
  return (value) => {
    if (value === last) return answer;
    answer = of(value);
    last = value;
    return answer;
  };
}
