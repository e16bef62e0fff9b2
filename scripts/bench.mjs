// `npm run bench`: prepares, then measures (bench/main.ts).
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { fail, root } from './cache.mjs';
import { prepare } from './prepare.mjs';

prepare()
  .then(() => {
    const args = ['--import', 'tsx', join(root, 'bench/main.ts'), ...process.argv.slice(2)];
    spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }).on('close', (code) =>
      process.exit(code ?? 1),
    );
  })
  .catch(fail);
