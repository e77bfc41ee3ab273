import { messageOf } from '../contract/errors.ts';
import { readJsonLines } from './json-lines.ts';
import type { Answer } from './probe.ts';

/**
 * The child's side of a probe: for each line `{"id":1,"subject":"…"}` of standard input it asks about the subject, which may take long
 * or hang, and writes numbers or the error as a line. Questions do not wait for each other. Ends with its input.
 */
export function answerQuestions(ask: (subject: string) => Promise<Readonly<Record<string, number>>>): void {
  readJsonLines(process.stdin, (line) => {
    const { id, subject } = line as { readonly id: number; readonly subject: string };
    ask(subject).then(
      (values) => answer({ id, values }),
      (error: unknown) => answer({ id, error: messageOf(error) }),
    );
  });
  // A call that hangs holds its thread, and with it a process that only runs out of work.
  process.stdin.on('end', () => process.exit(0));
}

function answer(line: Answer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
