import { RE2JSException } from 're2js';
import type { Column } from '../evaluation.ts';
import type { Labels } from '../labels.ts';
import { labelValue } from '../labels.ts';
import { capturing } from '../match/regular-expression.ts';
import { QueryError } from '../query-error.ts';
import { columnsOf, textOf } from './arguments.ts';
import type { CallContext, WholeFunction } from './function.ts';
import { expandTemplate } from './go-template.ts';
import { mergeSame } from './merge-same.ts';

// Calls in calls could double a value again and again.
const LONGEST_VALUE = 65_536;

const signature = { kind: 'whole', optional: 0, returns: 'vector' } as const;

/** Functions that write a label of every series. */
export const labelFunctions: readonly WholeFunction[] = [
  {
    ...signature,
    name: 'label_replace',
    args: ['vector', 'string', 'string', 'string', 'string'],
    of(args, context) {
      const [target, template, source] = [textOf(args, 1), textOf(args, 2), textOf(args, 3)];
      const replacementOf = remembered(replacing(textOf(args, 4), template, context));
      check('destination', target, 'label_replace', context);
      const replaced = columnsOf(args, 0).map((column) => {
        const replacement = replacementOf(labelValue(column.labels, source));
        return replacement === undefined ? column : withLabel(column, target, replacement, context);
      });
      return mergeSame(replaced, context);
    },
  },
  {
    ...signature,
    name: 'label_join',
    args: ['vector', 'string', 'string', 'string'],
    optional: -1,
    of(args, context) {
      const [target, separator] = [textOf(args, 1), textOf(args, 2)];
      const sources = args.slice(3).map((_, at) => textOf(args, at + 3));
      for (const source of sources) check('source', source, 'label_join', context);
      check('destination', target, 'label_join', context);
      const joined = columnsOf(args, 0).map((column) =>
        withLabel(column, target, sources.map((source) => labelValue(column.labels, source)).join(separator), context),
      );
      return mergeSame(joined, context);
    },
  },
];

// Many series share a value, and matching takes far longer than looking it up.
function remembered<Answer>(of: (value: string) => Answer): (value: string) => Answer {
  const answers = new Map<string, Answer>();
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined || answers.has(value)) return known as Answer;
    const answer = of(value);
    answers.set(value, answer);
    return answer;
  };
}

function replacing(pattern: string, template: string, { at }: CallContext): (value: string) => string | undefined {
  try {
    return capturing(pattern, (match) => expandTemplate(template, match));
  } catch (error) {
    // One that is too large is told in its own words.
    if (!(error instanceof QueryError && error.cause instanceof RE2JSException)) throw error;
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`, at, { cause: error });
  }
}

// Prometheus takes any UTF-8 for a label's name; of a text whose escapes were none, the parser makes lone surrogates.
function check(which: string, name: string, call: string, { at }: CallContext): void {
  if (name !== '' && !/\p{Surrogate}/u.test(name)) return;
  throw new QueryError('execution', `invalid ${which} label name in ${call}(): ${name}`, at);
}

function withLabel(column: Column, name: string, value: string, { at: position }: CallContext): Column {
  if (value.length > LONGEST_VALUE) {
    throw new QueryError('execution', `label ${name} would have ${value.length} characters, at most ${LONGEST_VALUE}`, position);
  }
  const { labels } = column;
  const written: string[] = [];
  let at = 0;
  for (; at < labels.length && (labels[at] as string) < name; at += 2) written.push(labels[at] as string, labels[at + 1] as string);
  if (value !== '') written.push(name, value);
  if (labels[at] === name) at += 2;
  const rest: Labels = [...written, ...labels.slice(at)];
  return { ...column, labels: rest, dropsName: name === '__name__' ? false : column.dropsName };
}
