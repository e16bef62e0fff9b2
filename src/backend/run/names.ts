// Names of new runs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A directory in `folder` that is not there yet: `name-01`, `name-02`, … */
export function freeRunName(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, `${name}-${String(number).padStart(2, '0')}`);
    if (!existsSync(path)) return path;
  }
}
