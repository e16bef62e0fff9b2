// How many physical cores this machine has: as many threads as ONNX Runtime starts unless it is told.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const CPUS = '/sys/devices/system/cpu';

/** Undefined where the system does not say without a program that takes long to start. */
export function physicalCores(): number | undefined {
  try {
    if (process.platform === 'linux') return coresOfLinux();
    if (process.platform === 'darwin')
      return Number(execFileSync('sysctl', ['-n', 'hw.physicalcpu'])) || undefined;
  } catch {
    // A sandbox may hide it.
  }
  return undefined;
}

/** Two processors of one core have the same number on the same package. */
function coresOfLinux(): number | undefined {
  const cores = new Set<string>();
  for (const name of readdirSync(CPUS).filter((each) => /^cpu\d+$/.test(each))) {
    const [core, chip] = ['core_id', 'physical_package_id'].map((fact) =>
      readFileSync(`${CPUS}/${name}/topology/${fact}`, 'utf8').trim(),
    );
    cores.add(`${chip} ${core}`);
  }
  return cores.size || undefined;
}
