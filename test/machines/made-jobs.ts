/** Files by path. */
export type Files = Readonly<Record<string, string>>;

/** The mounts of a node with cgroup v2. */
export const V2_MOUNTS: Files = { '/proc/mounts': 'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,memory_recursiveprot 0 0\n' };

const V1_CONTROLLERS = ['cpu,cpuacct', 'cpuset', 'memory', 'freezer', 'blkio', 'devices'];

/** The mounts of a node with cgroup v1, of a distribution that mounts cpu and cpuacct together; hybrid with systemd's v2 beside it. */
export const V1_MOUNTS: Files = {
  '/proc/mounts': [
    ...V1_CONTROLLERS.map((names) => `cgroup /sys/fs/cgroup/${names} cgroup rw,nosuid,${names} 0 0`),
    'cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,name=systemd 0 0',
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0',
    '',
  ].join('\n'),
};

/** What a job of cgroup v2 has used. */
export interface Use {
  readonly cpuSeconds?: number;
  readonly anon?: number;
  readonly written?: number;
  readonly pids?: readonly number[];
}

const pressure = (total: number): string =>
  `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${total / 2}\n`;

/** The directory of a job of cgroup v2, with its processes in a leaf below it. */
export function unifiedJob(path: string, { cpuSeconds = 0, anon = 0, written = 0, pids = [] }: Use = {}, leaf = 'step_batch/user/task_0'): Files {
  const usec = cpuSeconds * 1e6;
  const at = `/sys/fs/cgroup${path}`;
  return {
    [`${at}/cgroup.procs`]: '',
    [`${at}/cgroup.events`]: 'populated 1\nfrozen 0\n',
    [`${at}/cpu.stat`]: `usage_usec ${usec}\nuser_usec ${usec * 0.75}\nsystem_usec ${usec * 0.25}\nnr_periods 20\nnr_throttled 4\nthrottled_usec 2500000\n`,
    [`${at}/cpuset.cpus.effective`]: '0-3,8\n',
    [`${at}/cpu.max`]: 'max 100000\n',
    [`${at}/memory.current`]: `${anon + 5000}\n`,
    [`${at}/memory.peak`]: `${anon + 9000}\n`,
    [`${at}/memory.max`]: '1073741824\n',
    [`${at}/memory.swap.current`]: '4096\n',
    [`${at}/memory.stat`]: `anon ${anon}\nfile 4000\nkernel 77\nshmem 1000\npgfault 900\npgmajfault 30\n`,
    [`${at}/memory.events`]: 'low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n',
    [`${at}/io.stat`]: `8:0 rbytes=4096 wbytes=${written} rios=1 wios=2 dbytes=0 dios=0\n253:0 rbytes=4096 wbytes=${written} rios=1 wios=2\n7:0 \n`,
    [`${at}/cpu.pressure`]: pressure(4e6),
    [`${at}/memory.pressure`]: pressure(2e6),
    [`${at}/io.pressure`]: pressure(1e6),
    ...Object.assign({}, ...between(leaf).map((folder) => emptyGroup(`${at}/${folder}`))),
    [`${at}/${leaf}/cgroup.procs`]: pids.map((pid) => `${pid}\n`).join(''),
    // LVM on the disk: what goes through it is counted for both.
    '/sys/dev/block/253:0/slaves/sda/dev': '8:0\n',
  };
}

function between(leaf: string): readonly string[] {
  const names = leaf.split('/');
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}

function emptyGroup(at: string): Files {
  return { [`${at}/cgroup.procs`]: '', [`${at}/cgroup.events`]: 'populated 1\nfrozen 0\n' };
}

/** What a process has used, its children that it waited for included. */
export interface ProcessUse {
  readonly uid?: number;
  readonly parent?: number;
  /** Ticks after the boot. */
  readonly started?: number;
  readonly userTicks?: number;
  readonly written?: number;
  readonly anonKib?: number;
  readonly voluntary?: number;
  readonly threads?: number;
  readonly name?: string;
  readonly runDelaySeconds?: number;
  readonly blockTicks?: number;
}

/** The files of a process in /proc, or of a thread in its task directory. */
export function madeProcess(pid: number, use: ProcessUse = {}, folder = `/proc/${pid}`): Files {
  const { uid = 1000, parent = 1, started = 5000, userTicks = 0, written = 0, anonKib = 0, voluntary = 0, threads = 1, name = 'work' } = use;
  const tail = `0 0 17 0 0 0 ${use.blockTicks ?? 0} 0 0`;
  const after = `S ${parent} 1 1 0 -1 4194304 100 5 3 1 ${userTicks} 0 0 0 20 0 ${threads} 0 ${started} 8192000 410 ${'0 '.repeat(11)}${tail}`;
  return {
    [`${folder}/stat`]: `${pid} (${name}) ${after}\n`,
    [`${folder}/status`]: `Name:\t${name}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nVmRSS:\t    ${anonKib + 8} kB\nRssAnon:\t    ${anonKib} kB\nRssShmem:\t       4 kB\nvoluntary_ctxt_switches:\t${voluntary}\nnonvoluntary_ctxt_switches:\t2\n`,
    [`${folder}/schedstat`]: `1000 ${(use.runDelaySeconds ?? 0) * 1e9} 7\n`,
    [`${folder}/io`]: `rchar: 10\nwchar: 20\nsyscr: 3\nsyscw: 4\nread_bytes: 512\nwrite_bytes: ${written}\ncancelled_write_bytes: 64\n`,
  };
}

const V1_FILES: Readonly<Record<string, Files>> = {
  'cpu,cpuacct': {
    'cpuacct.usage': '7500000000\n',
    'cpuacct.stat': 'user 600\nsystem 150\n',
    'cpu.stat': 'nr_periods 10\nnr_throttled 3\nthrottled_time 1500000000\n',
    'cpu.cfs_quota_us': '150000\n',
    'cpu.cfs_period_us': '100000\n',
  },
  cpuset: { 'cpuset.cpus': '2,4-5\n' },
  memory: {
    'memory.usage_in_bytes': '90000\n',
    'memory.max_usage_in_bytes': '95000\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.stat':
      'cache 1\nrss 1\nhierarchical_memory_limit 5\ntotal_cache 30000\ntotal_rss 50000\ntotal_shmem 10000\ntotal_swap 0\ntotal_pgfault 70\ntotal_pgmajfault 20\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  },
  blkio: {
    'blkio.throttle.io_service_bytes': '8:0 Read 4096\n8:0 Write 8192\n8:0 Total 12288\nTotal 12288\n',
    'blkio.throttle.io_serviced': '8:0 Read 1\n8:0 Write 2\nTotal 3\n',
  },
  freezer: { 'freezer.state': 'THAWED\n' },
};

/** The directories of a job of cgroup v1 in the hierarchies of these names, each with these processes. */
export function madeJobFiles(path: string, hierarchies: readonly string[], pids: readonly number[] = []): Files {
  const files = hierarchies.flatMap((hierarchy) =>
    Object.entries({ ...V1_FILES[hierarchy], 'cgroup.procs': pids.map((pid) => `${pid}\n`).join('') }).map(
      ([file, text]) => [`/sys/fs/cgroup/${hierarchy}${path}/${file}`, text] as const,
    ),
  );
  return Object.fromEntries(files);
}
