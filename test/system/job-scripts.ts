/** A command that burns so many seconds of CPU time. */
export function burn(seconds: number): string {
  return `perl -e 'while ((times)[0] < ${seconds}) { $x++ for 1 .. 10000 }'`;
}

/** A command that holds so many MiB of memory for so many seconds. */
export function hold(mib: number, seconds: number): string {
  return `perl -e 'vec($x, ${mib} * 2**20 - 1, 8) = 1; sleep ${seconds}'`;
}
