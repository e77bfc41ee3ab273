import { chmodSync } from 'node:fs';
import { madeMachine } from './made-machine.ts';
import type { MadeMachine } from './made-machine.ts';

/** A machine with a tool that answers a text and notes in /runs with what it was run; `more` is a script that goes before. */
export function machineWithTool(program: string, answer: string, more = ''): MadeMachine {
  const machine = madeMachine({ [program]: '', '/answer': answer, '/runs': '' });
  machine.write(program, `#!/bin/sh\necho "$*" >> ${machine.root}/runs\n${more}\ncat ${machine.root}/answer\n`);
  chmodSync(machine.root + program, 0o755);
  return machine;
}

