import { messageOf } from '../../../contract/errors.ts';
import { isGroup } from './element.ts';

// Longer than the one who asks waits: for the case that he has gone.
const DEADLINE_MS = 60_000;

/**
 * The child's side of the node-nvidia-smi probe (`--probe node-nvidia-smi`): prints what the package answers, without the lists of
 * clocks, or `{"unavailable":"why"}`, as one line and ends. It runs apart, because the package waits for nvidia-smi for ever.
 */
export async function runNodeNvidiaSmiProbe(): Promise<void> {
  setTimeout(() => process.exit(1), DEADLINE_MS).unref();
  const answer = await ask().catch((error: unknown) => ({ unavailable: messageOf(error) }));
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(answer, withoutClocks)}\n`, resolve));
  process.exit(0);
}

async function ask(): Promise<unknown> {
  const { default: smi } = await import('node-nvidia-smi');
  return new Promise((resolve, reject) => {
    smi((error, data) => {
      if (error === null && isGroup(data)) resolve(data);
      else reject(error instanceof Error ? error : new Error(error ?? 'no XML'));
    });
  });
}

// Most of what nvidia-smi prints: hundreds of clocks that could be set.
function withoutClocks(key: string, value: unknown): unknown {
  return key === 'supported_clocks' ? undefined : value;
}
