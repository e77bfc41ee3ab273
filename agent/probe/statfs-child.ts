import { statfs } from 'node:fs/promises';
import { answerQuestions } from './answer-questions.ts';

/** The child's side of the statfs probe (`--probe statfs`): a subject is a path whose file system is asked, which may hang. */
export function runStatfsProbe(): void {
  answerQuestions(async (path) => {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    return { bsize, blocks, bfree, bavail, files, ffree };
  });
}
