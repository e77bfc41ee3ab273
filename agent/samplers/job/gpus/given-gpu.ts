import type { Job } from '../job.ts';

/** A GPU as the one who gave it calls it: by UUID, by the index of the vendor's tool, or by the number of its device file. */
export interface GivenGpu {
  readonly by: 'uuid' | 'index' | 'minor';
  readonly name: string;
}

/** A place on the node that says which GPUs a job was given. */
export interface GivenSource {
  /** The job's GPUs; an empty list where it is known that it has none, undefined where this source cannot tell. */
  of(job: Job): readonly GivenGpu[] | undefined;
}

/** The numbers of a list such as `0,2-3`; undefined where it is none. */
export function numbersIn(list: string): readonly string[] | undefined {
  const numbers: string[] = [];
  for (const part of list.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    for (let number = Number(from); number <= Number(to); number++) numbers.push(String(number));
  }
  return numbers;
}

const UUID = /^(GPU|MIG)-[0-9A-Za-z/-]+$/;

/** The UUIDs of a list such as `GPU-8932f937-…,MIG-…`; undefined where not all are some. */
export function uuidsIn(list: string): readonly GivenGpu[] | undefined {
  const names = list.split(',').map((name) => name.trim());
  return names.every((name) => UUID.test(name)) ? names.map((name) => ({ by: 'uuid', name })) : undefined;
}
