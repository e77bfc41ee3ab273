import type { Matcher } from '../../promql/ast.ts';
import { matcherTest } from '../../promql/match-labels.ts';
import { escapeLabel } from '../../series/identity.ts';
import { labelIn } from './label-text.ts';

/** What matchers say of a series, in the order in which little is looked at. */
export interface SeriesTest {
  /** The only name that they take, where there is one. */
  readonly name: string | undefined;
  takesName(name: string): boolean;
  /** Of a series whose name they take. */
  takesLabels(labelText: string): boolean;
}

/** Answers that are remembered of each matcher: one node's name stands in hundreds of series. */
const MOST_REMEMBERED = 10_000;

/** What these matchers take; throws a QueryError where a regular expression does not compile. */
export function seriesTest(matchers: readonly Matcher[]): SeriesTest {
  const ofNames = matchers.filter(({ name }) => name === '__name__');
  const names = ofNames.map(matcherTest);
  const ofLabels = matchers.filter(({ name }) => name !== '__name__');
  const labels = ofLabels.map((matcher) => ({ name: matcher.name, test: remembering(matcher) }));
  // What stands in the text of every series that they take; most of a metric's series are left out by that.
  const parts = ofLabels.filter(({ op, value }) => op === '=' && value !== '').map(({ name, value }) => `${name}="${escapeLabel(value)}"`);
  return {
    name: ofNames.find(({ op }) => op === '=')?.value,
    takesName: (name) => names.every((test) => test(name)),
    takesLabels: (labelText) =>
      parts.every((part) => labelText.includes(part)) && labels.every(({ name, test }) => test(labelIn(labelText, name))),
  };
}

function remembering(matcher: Matcher): (value: string) => boolean {
  const test = matcherTest(matcher);
  if (matcher.op === '=' || matcher.op === '!=') return test;
  const known = new Map<string, boolean>();
  return (value) => {
    let taken = known.get(value);
    if (taken === undefined) {
      if (known.size === MOST_REMEMBERED) known.clear();
      known.set(value, (taken = test(value)));
    }
    return taken;
  };
}
