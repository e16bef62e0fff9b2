// Files that are whole at any moment: written under another name, then renamed.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileError } from '../files';

/**
 * Replaces a small file without letting anything else happen meanwhile (`replaceFile` in replace.ts is for large ones).
 * Whoever reads it sees the old or the new text, also after a crash.
 * @throws SubtextError `file-access`; the file is then as before
 */
export function replaceText(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      // Not writeSync, which may write a part and say nothing where the disk is nearly full.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, path, 'write');
  }
}
