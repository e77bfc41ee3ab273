import type { Layout } from './layout.ts';
import { kubernetes } from './schedulers/kubernetes.ts';
import { oar } from './schedulers/oar.ts';
import { pbs } from './schedulers/pbs.ts';
import { slurm } from './schedulers/slurm.ts';

/** Every scheduler whose jobs are known. Another one is another file in `schedulers/` and a line here. */
export const layouts: readonly Layout[] = [slurm, oar, pbs, kubernetes];
