import { readFileSync } from 'node:fs';

/** A password or token that stands in a file, without the newline at its end. */
export interface Secret {
  value(): string;
  /** Reads the file again, for when the server has stopped taking what it held; keeps what it has where that fails. */
  refresh(): void;
}

/** Reads a secret file; throws where it cannot be read or is empty. `key` is the option that named it. */
export function secretFrom(file: string, key: string): Secret {
  const read = (): string => {
    const held = readFileSync(file, 'utf8').trim();
    if (held === '') throw new Error('it is empty');
    return held;
  };
  let value: string;
  try {
    value = read();
  } catch (error) {
    throw new Error(`${key}: ${file} cannot be used`, { cause: error });
  }
  return {
    value: () => value,
    refresh() {
      try {
        value = read();
      } catch {
        // It may be half replaced right now; the server's refusal stays visible, and the next one reads again.
      }
    },
  };
}
