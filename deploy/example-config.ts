import type { Field, Fields } from '../agent/contract/config.ts';

/** What an example configuration is made of. */
export interface Example {
  readonly title: string;
  /** How a file is checked without starting anything with it. */
  readonly check: string;
  readonly fields: Fields;
  /** Keys of the top that most people set, and to what. */
  readonly set: Readonly<Record<string, string>>;
}

/**
 * A configuration with every key, its help and its default. `##` starts a remark; a key that is not set has one `#` before
 * it, and taking that away sets it.
 */
export function exampleOf({ title, check, fields, set }: Example): string {
  const lines = [
    `## ${title}`,
    '## Made of the programs by `node deploy/generate.mjs`. Take the # before a key away to set it; ${NAME} is the variable NAME',
    `## of the environment, \${NAME:-text} with a default. \`${check}\` names every fault at once.`,
    '## A group with ## before its keys has no defaults of its own: it is set whole or not at all.',
  ];
  const said = new Set<string>();
  for (const [key, field] of Object.entries(fields)) {
    lines.push('', ...remark(field, ''));
    const chosen = set[key];
    const own = [chosen === undefined ? `#${entry(key, field)}` : `${key}: ${scalar(chosen)}`];
    if (field.fields !== undefined) own.push(...inside(field.fields, '  ', said));
    lines.push(...(needsValues(field) ? own.map(asRemark) : own));
  }
  return `${lines.join('\n')}\n`;
}

// What many sections have in common (`enabled`, `required`) is explained the first time.
function inside(fields: Fields, indent: string, said: Set<string>): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const line = `#${indent}${entry(key, field)}`;
    const [explained = ''] = remark(field, indent);
    const known = `${key}${explained}`;
    const lines = said.has(known) ? [line] : [explained, line];
    said.add(known);
    const all = field.fields === undefined ? lines : [...lines, ...inside(field.fields, `${indent}  `, said)];
    return needsValues(field) ? all.map(asRemark) : all;
  });
}

// A group that may be absent, and whose defaults alone are faults.
function needsValues(field: Field<unknown>): boolean {
  let faults = 0;
  if (field.fields !== undefined && field.default === undefined) field.read({}, '', () => void faults++);
  return faults > 0;
}

function asRemark(line: string): string {
  return line.startsWith('##') ? line : `#${line}`;
}

function remark({ help, takes, fields }: Field<unknown>, indent: string): string[] {
  return [`##${indent || ' '}${help}${fields === undefined ? ` [${takes}]` : ''}`];
}

function entry(key: string, { default: byDefault, fields }: Field<unknown>): string {
  if (fields !== undefined || byDefault === undefined) return `${key}:`;
  return `${key}: ${typeof byDefault === 'string' ? scalar(byDefault) : flow(byDefault)}`;
}

// A list of one is written as its one.
function flow(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? flow(value[0]) : `[${value.map(flow).join(', ')}]`;
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

// Plain where YAML reads the same text back: JSON's quotes are YAML's.
function scalar(text: string): string {
  return /^[A-Za-z/$][\w./:{}$-]*$|^\d[\w.]*[A-Za-z%]$|^\d+(?:\.\d+){3}:\d+$/.test(text) ? text : JSON.stringify(text);
}
