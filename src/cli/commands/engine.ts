// subtext engine install | remove: the CUDA engine, which is the one that does not come with Subtext.
import { createInterface } from 'node:readline/promises';
import { resolve } from 'node:path';
import { checkCuda } from '../../backend/engine/cuda/check';
import { installCuda, planCuda, removeCuda } from '../../backend/engine/cuda/install';
import { planWords, type CudaPlan } from '../../backend/engine/cuda/words';
import { ENGINES_VARIABLE, enginesFolder } from '../../backend/engine/cuda/storage';
import { SubtextError } from '../../backend/errors';
import { EXIT_INTERRUPTED, type Command, type Values } from '../command';
import type { Output } from '../output';

const INTO = {
  into: {
    value: 'DIR',
    help: `folder of engines; default ${ENGINES_VARIABLE}, else the system's for programs' data`,
  },
};

export const engineInstall: Command = {
  name: 'engine install',
  summary: 'Downloads and installs the CUDA engine, after saying what that is.',
  argument: 'cuda',
  options: { ...INTO, yes: { help: 'install without asking' } },
  run: async (values, output) => {
    const engines = foldersOf(values);
    const abort = new AbortController();
    const plan = await planCuda({ engines, signal: abort.signal });
    for (const line of planWords(plan)) output.note(line);
    if (values.yes !== true && !(await agreed())) {
      throw new SubtextError('cancelled', 'Nothing was downloaded', 'Add --yes to install it.');
    }
    const stop = () => abort.abort();
    // Instead of the end of the process: what was downloaded is removed first.
    const others = process.listeners('SIGINT');
    process.removeAllListeners('SIGINT').on('SIGINT', stop);
    try {
      await installCuda(plan, progressOn(output), abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return EXIT_INTERRUPTED;
      throw error;
    } finally {
      process.off('SIGINT', stop);
      for (const each of others) process.on('SIGINT', each as () => void);
    }
    return report(plan, output);
  },
};

export const engineRemove: Command = {
  name: 'engine remove',
  summary: 'Removes the CUDA engine.',
  argument: 'cuda',
  options: INTO,
  run: async (values, output) => {
    const removed = await removeCuda(foldersOf(values));
    output.answer(
      () => ({ removed }),
      () => (removed ? 'The CUDA engine was removed.\n' : 'The CUDA engine was not installed.\n'),
    );
  },
};

/** @throws SubtextError `usage` for another engine */
function foldersOf({ argument, into }: Values): string {
  if (argument !== 'cuda') {
    throw new SubtextError(
      'usage',
      `${String(argument)} is no engine that is installed`,
      'Write cuda: the others come with Subtext.',
    );
  }
  // The check at the end starts the engine as any command does.
  if (typeof into === 'string') process.env[ENGINES_VARIABLE] = resolve(into);
  return enginesFolder();
}

/** Asks whoever sits at the terminal; nobody there says no. */
async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Install it? [y/N] ').finally(() => terminal.close());
  return /^y(es)?$/i.test(answer.trim());
}

function progressOn(output: Output): (share: number, doing: string) => void {
  let told = -1;
  let before = '';
  return (share, doing) => {
    const percent = Math.floor(100 * share);
    // In a log a line for each tenth is enough.
    const step = process.stderr.isTTY ? 1 : 10;
    if (doing === before && percent < told + step) return;
    [told, before] = [percent, doing];
    output.note(`${String(percent).padStart(3)}% ${doing}`);
  };
}

async function report(plan: CudaPlan, output: Output): Promise<number> {
  const { usable, reason } = await checkCuda();
  output.answer(
    () => ({ engine: 'cuda', title: plan.form.title, folder: plan.folder, usable, reason }),
    () =>
      `${plan.form.title} was installed in ${plan.folder}.\n${usable ? 'It computes.' : `It cannot be used yet: ${reason}`}\n`,
  );
  return usable ? 0 : 1;
}
