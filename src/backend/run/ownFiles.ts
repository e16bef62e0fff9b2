// Which files in a run directory are the run's own. A person may name any folder: nothing else in it is ever removed.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/runs';

/** What there may be before a run begins: its process is asked for something, or began and was killed. */
const BEFORE_A_RUN: readonly string[] = [
  RUN_FILES.log,
  RUN_FILES.control,
  RUN_FILES.lock,
  `${RUN_FILES.lock}.taking`,
];

/** A file that is not whole yet (`replaceText`). Somebody may be writing control.json at this moment. */
const HALF_WRITTEN = new RegExp(
  `^(${[RUN_FILES.recipe, RUN_FILES.status, RUN_FILES.references, 'tokenizer.json'].join('|').replaceAll('.', '\\.')})\\.\\d+\\.tmp$`,
);
const HALF_ASKED = /^control\.json\.[0-9a-f]+\.tmp$/;

/** A folder that is not whole yet or was replaced (`replaceFolder`), or is being removed. */
const FOLDER = { final: /^final\.subtext-(tmp|old)$/, checkpoints: /^step-\d+\.subtext-(tmp|old)$/ };
const OLD = /\.subtext-old$/;

/**
 * The names in a folder that keep a run from beginning there.
 * @param recipe the text that the run writes as its recipe; undefined where it may be any
 */
export function namesInTheWay(folder: string, recipe?: string): string[] {
  return readdirSync(folder)
    .filter((name) => {
      if (BEFORE_A_RUN.includes(name) || HALF_WRITTEN.test(name) || HALF_ASKED.test(name)) return false;
      if (name !== RUN_FILES.recipe) return true;
      return recipe !== undefined && readFileSync(join(folder, name), 'utf8') !== recipe;
    })
    .sort();
}

/** Removes what a process that was killed left half written. */
export function clearLeftovers(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && HALF_WRITTEN.test(entry.name)) rmSync(join(folder, entry.name), { force: true });
    clearFolder(folder, entry, FOLDER.final);
  }
  const checkpoints = join(folder, RUN_FILES.checkpoints);
  if (!existsSync(checkpoints)) return;
  for (const entry of readdirSync(checkpoints, { withFileTypes: true })) {
    clearFolder(checkpoints, entry, FOLDER.checkpoints);
  }
}

function clearFolder(parent: string, entry: Dirent, names: RegExp): void {
  if (!entry.isDirectory() || !names.test(entry.name)) return;
  const path = join(parent, entry.name);
  const whole = path.replace(OLD, '');
  // Killed between the two renames that replace a folder: the earlier one is all that is whole.
  if (OLD.test(path) && !existsSync(whole)) renameSync(path, whole);
  else rmSync(path, { recursive: true, force: true });
}
