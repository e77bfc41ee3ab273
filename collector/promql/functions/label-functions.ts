import { RE2JS } from 're2js';
import type { Column } from '../evaluation.ts';
import type { Labels } from '../labels.ts';
import { labelValue } from '../labels.ts';
import { QueryError } from '../query-error.ts';
import { columnsOf, textOf } from './arguments.ts';
import type { CallContext, WholeFunction } from './function.ts';
import { expandTemplate } from './go-template.ts';
import { mergeSame } from './merge-same.ts';

const signature = { kind: 'whole', optional: 0, returns: 'vector' } as const;

/** Functions that write a label of every series. */
export const labelFunctions: readonly WholeFunction[] = [
  {
    ...signature,
    name: 'label_replace',
    args: ['vector', 'string', 'string', 'string', 'string'],
    of(args, context) {
      const [target, template, source] = [textOf(args, 1), textOf(args, 2), textOf(args, 3)];
      const pattern = compiled(textOf(args, 4), context);
      check('destination', target, 'label_replace', context);
      const replacementOf = remembered((value: string) => {
        const matcher = pattern.matcher(value);
        return matcher.matches() ? expandTemplate(template, matcher) : undefined;
      });
      const replaced = columnsOf(args, 0).map((column) => {
        const replacement = replacementOf(labelValue(column.labels, source));
        return replacement === undefined ? column : withLabel(column, target, replacement);
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
        withLabel(column, target, sources.map((source) => labelValue(column.labels, source)).join(separator)),
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

function compiled(pattern: string, { at }: CallContext): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (cause) {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`, at, { cause });
  }
}

// Prometheus takes any UTF-8 for a label's name; of a text whose escapes were none, the parser makes lone surrogates.
function check(which: string, name: string, call: string, { at }: CallContext): void {
  if (name !== '' && !/\p{Surrogate}/u.test(name)) return;
  throw new QueryError('execution', `invalid ${which} label name in ${call}(): ${name}`, at);
}

function withLabel(column: Column, name: string, value: string): Column {
  const { labels } = column;
  const written: string[] = [];
  let at = 0;
  for (; at < labels.length && (labels[at] as string) < name; at += 2) written.push(labels[at] as string, labels[at + 1] as string);
  if (value !== '') written.push(name, value);
  if (labels[at] === name) at += 2;
  const rest: Labels = [...written, ...labels.slice(at)];
  return { ...column, labels: rest, dropsName: name === '__name__' ? false : column.dropsName };
}
