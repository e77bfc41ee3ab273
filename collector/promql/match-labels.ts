import type { Matcher } from './ast.ts';
import { labelValue, type Labels } from './labels.ts';
import { regularExpression } from './match/regular-expression.ts';

/**
 * Which values of its label a matcher takes; an absent label is the empty text. Throws a QueryError where its regular expression does
 * not compile or is too large. To be made anew for every question: a regular expression may take ten seconds of it.
 */
export function matcherTest({ op, value: wanted }: Matcher): (value: string) => boolean {
  switch (op) {
    case '=':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '=~':
      return regularExpression(wanted);
    case '!~':
    default: {
      const matches = regularExpression(wanted);
      return (value) => !matches(value);
    }
  }
}

/** Which series' labels meet all matchers; throws as `matcherTest` does. */
export function labelsTest(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: matcherTest(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labelValue(labels, name)));
}
