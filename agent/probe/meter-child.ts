import { readFile } from 'node:fs/promises';
import { Transient } from '../contract/errors.ts';
import { answerQuestions } from './answer-questions.ts';

/**
 * The child's side of the meter probe (`--probe meter`): a subject is a file of one number whose reading may take long, because
 * firmware asks another controller for it (an ACPI power meter evaluates _PMM, often an IPMI transaction).
 */
export function runMeterProbe(): void {
  answerQuestions(async (path) => {
    const text = (await readFile(path, 'latin1')).trim();
    if (!/^-?\d+$/.test(text)) throw new Transient(`${path} holds no number`);
    return { value: Number(text) };
  });
}
