import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Keeps a log record (gzipped lines, `precision=ms`) as a file of its own in `directory`, for a person to look at; resolves
 * once it is on the disk.
 */
export async function keepAside(directory: string, sequence: number, payload: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = await open(join(directory, `${String(sequence).padStart(16, '0')}.gz`), 'w');
  try {
    await file.writeFile(payload);
    await file.sync();
  } finally {
    await file.close();
  }
  for (const folder of [directory, dirname(directory)]) await syncFolder(folder);
}

// A file whose directory entry is not on the disk is gone after a power cut, whatever it held.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
