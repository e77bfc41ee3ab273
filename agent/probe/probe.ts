import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Transient } from '../contract/errors.ts';
import { readJsonLines } from './json-lines.ts';
import { openPauses } from './pauses.ts';

/** A child process that does what may hang. A request that hangs costs its own answer, not the others' and not the agent. */
export interface Probe {
  /** Asks about a subject. Rejects with `Transient`, naming it, when there is no answer in time, or while an earlier question about it hangs. */
  ask(this: void, subject: string): Promise<Answer>;
  /** Whether a question hangs, or a child that was killed does not die. */
  hung(this: void): boolean;
  /** Ends the child. Safe to call twice. */
  close(): void;
}

/** What a probe says about a subject: numbers by name, or an error. */
export interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly values?: Readonly<Record<string, number>>;
}

/** A probe's child and its deadlines, in milliseconds. */
export interface ProbeOptions {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Without an answer for this long, a subject counts as hanging. */
  readonly softMs?: number;
  /** After this long the child is killed and another takes its place. */
  readonly hardMs?: number;
  /** The longest pause before a subject that hung, or a child that died, is tried again. */
  readonly pauseMaxMs?: number;
  readonly now?: () => number;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

interface Question {
  readonly subject: string;
  answered(answer: Answer): void;
  failed(why: string): void;
  late: boolean;
  soft?: NodeJS.Timeout;
  hard?: NodeJS.Timeout;
}

/** Opens a probe; its child starts with the first question. */
export function openProbe(options: ProbeOptions): Probe {
  const { name, command, softMs = 3000, hardMs = 30_000, pauseMaxMs = 600_000, now = Date.now } = options;
  let child: Child | undefined;
  let ids = 0;
  const questions = new Map<number, Question>();
  // Killed and not dead: in a system call that does not end. One may be replaced; with a second, no more are started.
  const undead = new Set<Child>();
  const pauses = openPauses(pauseMaxMs, now);

  const forget = (id: number): Question | undefined => {
    const question = questions.get(id);
    if (question === undefined) return undefined;
    clearTimeout(question.soft);
    clearTimeout(question.hard);
    questions.delete(id);
    return question;
  };
  const failAll = (why: string): void => {
    for (const id of questions.keys()) forget(id)?.failed(why);
  };
  const kill = (victim: Child): void => {
    if (child === victim) child = undefined;
    undead.add(victim);
    victim.kill('SIGKILL');
  };

  const start = (): Child => {
    if (undead.size > 1) throw new Transient(`probe ${name}: ${undead.size} children hang and cannot be killed`);
    pauses.check(name, `probe ${name} ended`);
    const [program = '', ...args] = command;
    const started = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = (why: string): void => {
      undead.delete(started);
      if (child !== started) return;
      child = undefined;
      pauses.lengthen(name);
      failAll(why);
    };
    started.on('error', (error) => gone(error.message));
    started.on('exit', (code, signal) => gone(`probe ${name} ended with ${signal ?? code}`));
    // A broken pipe is a child that has gone, and `exit` says so.
    started.stdin.on('error', () => undefined);
    readJsonLines(started.stdout, (line) => {
      const answer = line as Answer;
      const question = forget(answer.id);
      if (question === undefined) return;
      pauses.clear(question.subject);
      pauses.clear(name);
      question.answered(answer);
    });
    return started;
  };

  return {
    ask(subject) {
      return new Promise((resolve, reject) => {
        for (const other of questions.values()) if (other.subject === subject) throw new Transient(`${subject} still hangs`);
        pauses.check(subject, `${subject} hung`);
        const asked = (child ??= start());
        const id = ++ids;
        const question: Question = { subject, late: false, answered: resolve, failed: (why) => reject(new Transient(why)) };
        question.soft = setTimeout(() => {
          question.late = true;
          question.failed(`${subject} has not answered for ${softMs} ms`);
        }, softMs);
        question.hard = setTimeout(() => {
          forget(id);
          pauses.lengthen(subject);
          kill(asked);
          failAll(`probe ${name} was killed because ${subject} hung`);
        }, hardMs);
        questions.set(id, question);
        asked.stdin.write(`${JSON.stringify({ id, subject })}\n`);
      });
    },
    hung: () => undead.size > 0 || [...questions.values()].some(({ late }) => late),
    close() {
      const last = child;
      child = undefined;
      failAll(`probe ${name} was closed`);
      last?.kill('SIGKILL');
    },
  };
}
