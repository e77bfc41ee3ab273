/** What is shown of a long line around the place. */
const BEFORE = 60;
const AFTER = 40;

/** An error's message with the line of the expression that it names (`1:7: …`) under it, and a caret under the place. */
export function pointedAt(message: string, expression: string): string {
  const [, line, column] = /(?:^|\s)(\d+):(\d+): /.exec(message) ?? [];
  const text = expression.split('\n')[Number(line) - 1];
  if (text === undefined) return message;
  // Columns count bytes of UTF-8, from 1.
  const at = Buffer.from(text)
    .subarray(0, Number(column) - 1)
    .toString().length;
  const from = Math.max(0, at - BEFORE);
  const cut = (from > 0 ? '…' : '') + text.slice(from, at + AFTER) + (text.length > at + AFTER ? '…' : '');
  const caret = `${' '.repeat(at - from + (from > 0 ? 1 : 0))}^`;
  return `${message}\n  ${cut.replaceAll('\t', ' ')}\n  ${caret}`;
}
