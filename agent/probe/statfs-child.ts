import { statfs } from 'node:fs/promises';
import { messageOf } from '../contract/errors.ts';
import { readJsonLines } from './json-lines.ts';
import type { Answer } from './probe.ts';

/**
 * The child's side of the statfs probe (`--probe statfs`): for each line `{"id":1,"subject":"/path"}` of standard input it asks the
 * file system of the path, which may hang, and writes the answer as a line. Ends with its input.
 */
export function runStatfsProbe(): void {
  readJsonLines(process.stdin, (line) => {
    const { id, subject } = line as { readonly id: number; readonly subject: string };
    statfs(subject).then(
      ({ bsize, blocks, bfree, bavail, files, ffree }) => answer({ id, values: { bsize, blocks, bfree, bavail, files, ffree } }),
      (error: unknown) => answer({ id, error: messageOf(error) }),
    );
  });
  // A call that hangs holds its thread, and with it a process that only runs out of work.
  process.stdin.on('end', () => process.exit(0));
}

function answer(line: Answer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
