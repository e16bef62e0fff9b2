// How much memory this process can still have.
import { readFileSync } from 'node:fs';
import { freemem, platform, totalmem } from 'node:os';

/** What the estimate asks of the system; tests give their own. */
export interface MemorySources {
  platform: NodeJS.Platform;
  free: () => number;
  total: () => number;
  used: () => number;
  /** A file of the system as text; undefined where there is none. */
  file: (path: string) => string | undefined;
}

const SYSTEM: MemorySources = {
  platform: platform(),
  free: freemem,
  total: totalmem,
  used: () => process.memoryUsage.rss(),
  file: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/** Control groups, version 2 and 1: the limit of a container, what it uses, and its statistics. */
const GROUPS = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current', '/sys/fs/cgroup/memory.stat'],
  ['limit_in_bytes', 'usage_in_bytes', 'stat'].map((name) => `/sys/fs/cgroup/memory/memory.${name}`),
];

/** Bytes that can be had without swapping, with what the system would give back of its caches. */
export function availableMemory(sources: MemorySources = SYSTEM): number {
  switch (sources.platform) {
    case 'linux': {
      const limits = GROUPS.map((files) => groupMemory(sources, files));
      return Math.min(systemMemory(sources), ...limits);
    }
    case 'darwin':
      // Its free memory leaves out the caches, which are nearly all: what others use is not known.
      return Math.max(sources.total() - sources.used(), 0);
    default:
      return sources.free();
  }
}

/** Bytes that this process may have at most: the machine's, or those that its container leaves. */
export function totalMemory(limit = process.constrainedMemory()): number {
  // Without a limit Node says 0, or more than there is.
  return Math.min(totalmem(), limit || Infinity);
}

/** 1.3 GB, 24 GB, 512 MB */
export function gigabytes(bytes: number): string {
  const [unit, size] = bytes < 2 ** 30 ? ['MB', 2 ** 20] : ['GB', 2 ** 30];
  const amount = bytes / size;
  return `${amount < 100 ? Number(amount.toPrecision(2)) : Math.round(amount)} ${unit}`;
}

function systemMemory({ file, free }: MemorySources): number {
  const kibibytes = /^MemAvailable:\s*(\d+) kB/m.exec(file('/proc/meminfo') ?? '')?.[1];
  return kibibytes === undefined ? free() : 1024 * Number(kibibytes);
}

function groupMemory({ file }: MemorySources, [limit, usage, statistics]: string[]): number {
  // 'max' where nothing limits it.
  const most = Number.parseInt(file(limit) ?? '', 10);
  const used = Number.parseInt(file(usage) ?? '', 10);
  if (Number.isNaN(most) || Number.isNaN(used)) return Infinity;
  const reclaimable = Number(/^(?:total_)?inactive_file (\d+)/m.exec(file(statistics) ?? '')?.[1] ?? 0);
  return Math.max(most - used + reclaimable, 0);
}
