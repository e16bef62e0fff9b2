// Memory that is held now: by this process and those that it started, and on an NVIDIA card by everybody.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Of this very program as Linux counts it, in megabytes: `maxRSS` begins with that of whoever started it. */
export function ownMegabytes(field: 'VmRSS' | 'VmHWM', pid: number | 'self' = 'self'): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Of this process and all under it; undefined where the system is not Linux. */
export function processMegabytes(pid = process.pid): number | undefined {
  const own = ownMegabytes('VmRSS', pid);
  if (own === undefined) return undefined;
  return childrenOf(pid).reduce((sum, child) => sum + (processMegabytes(child) ?? 0), own);
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Undefined where NVIDIA's tool is not there or does not answer. */
export async function cardMegabytes(): Promise<number | undefined> {
  try {
    const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 5000 });
    const used = Number(stdout.trim().split('\n')[0]);
    return Number.isFinite(used) ? used : undefined;
  } catch {
    return undefined;
  }
}
