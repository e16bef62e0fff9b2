// How a model is called: by its file or folder.
import { basename, dirname, extname } from 'node:path';
import { RUN_FILES } from '../protocol/runs';

/** Of a run's checkpoint the run's name and which it is: every run has a `final`. */
function runCheckpoint(path: string): string | undefined {
  const [folder, name] = [dirname(path), basename(path)];
  if (name === RUN_FILES.final) return `${basename(folder)} final`;
  const step = /^step-(\d+)$/.exec(name)?.[1];
  const isCheckpoint = step !== undefined && basename(folder) === RUN_FILES.checkpoints;
  return isCheckpoint ? `${basename(dirname(folder))} step ${step}` : undefined;
}

/** The folder's name for the usual file names, else the file's own without its ending. */
export function modelName(path: string): string {
  const ofRun = runCheckpoint(path);
  if (ofRun !== undefined) return ofRun;
  const generic = /^(model|pytorch_model|config|model\.safetensors\.index)$/;
  const name = basename(path, extname(path));
  const file = extname(path) !== '' && /\.(bin|safetensors|json)$/.test(path);
  if (!file) return basename(path);
  return generic.test(name) ? basename(dirname(path)) : name;
}
