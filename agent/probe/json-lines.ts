import type { Readable } from 'node:stream';

// An inventory is a few kilobytes; a line that does not end is no answer.
const LINE_MAX = 1 << 20;

/** Calls `take` with every line of JSON that arrives; what is no JSON object is left out, as a library may print something of its own. */
export function readJsonLines(stream: Readable, take: (value: object) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_MAX) rest = '';
    for (const line of lines) {
      const value = parse(line);
      if (typeof value === 'object' && value !== null) take(value);
    }
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
