import { execFile } from 'node:child_process';
import { hasCode } from '../contract/errors.ts';
import { answerQuestions } from './answer-questions.ts';
import { parseDcmi } from './ipmi-output.ts';

/** The tools that read a DCMI power value, and how each is asked; the first that is installed is taken. */
export const dcmiTools: readonly (readonly [program: string, ...args: string[]])[] = [
  ['ipmitool', 'dcmi', 'power', 'reading'],
  ['ipmi-dcmi', '--get-system-power-statistics'],
];

// A BMC that is well answers in 0.2 s; one that is busy gets the time that IPMI's own timers give it.
const DEADLINE_MS = 10_000;

/** The child's side of the IPMI probe (`--probe ipmi`): whatever the subject, it asks the BMC of this node what the node draws. */
export function runIpmiProbe(): void {
  let next = 0;
  const ask = async (): Promise<{ watts: number }> => {
    for (; next < dcmiTools.length; next++) {
      const [program = '', ...args] = dcmiTools[next] ?? [];
      const output = await run(program, args);
      if (output !== undefined) return { watts: parseDcmi(output) };
    }
    next = 0;
    throw new Error(`none of ${dcmiTools.map(([program]) => program).join(', ')} is installed`);
  };
  answerQuestions(ask);
}

// What it prints, or undefined where there is no such program. No shell; C locale, because numbers are read of it.
function run(program: string, args: readonly string[]): Promise<string | undefined> {
  const options = { timeout: DEADLINE_MS, killSignal: 'SIGKILL', maxBuffer: 65_536, env: { ...process.env, LC_ALL: 'C' } } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (hasCode(error, 'ENOENT')) return resolve(undefined);
      const said = stderr.trim().split('\n')[0] ?? '';
      reject(
        new Error(
          error.killed === true ? `${program} has not answered for ${DEADLINE_MS / 1000} s` : `${program}: ${said || error.message}`,
        ),
      );
    });
  });
}
