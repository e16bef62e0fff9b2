// The probes of the folders that are shown, each with a name of its own for its folder, its model and itself. Pure.
import type { ProbeFolder, ProbeResult } from '../../src/protocol/probes';
import { probeId } from '../../src/protocol/probesView';

export interface ChartProbe extends ProbeResult {
  /** `probeId`. */
  id: string;
  /** Path of its folder. */
  folder: string;
  /** Its run, or its model that is of none; with the folder's name where that of another folder is called the same. */
  run: string;
}

/** All probes, folder by folder. */
export function chartProbes(folders: readonly ProbeFolder[]): ChartProbe[] {
  const names = folderNames(folders);
  const foldersOf = new Map<string, Set<string>>();
  for (const { path, probes } of folders) {
    for (const run of probes.map(runOf)) foldersOf.set(run, (foldersOf.get(run) ?? new Set()).add(path));
  }
  return folders.flatMap((folder, index) =>
    folder.probes.map((probe) => {
      const run = runOf(probe);
      const isShared = foldersOf.get(run)!.size > 1;
      return {
        ...probe,
        id: probeId(folder, probe.file),
        folder: folder.path,
        run: isShared ? `${run} · ${names[index]}` : run,
      };
    }),
  );
}

/** A name of the run, or of the model that is of none. */
function runOf({ model, step }: ProbeResult): string {
  const ending = ` step ${step}`;
  return step !== null && model.endsWith(ending) ? model.slice(0, -ending.length) : model;
}

/** The last parts of the folders' paths, as many as tell them apart. */
export function folderNames(folders: readonly Pick<ProbeFolder, 'path' | 'name'>[]): string[] {
  // `tree.probes` and `tree` have one name.
  const parts = folders.map(({ path, name }) => [...path.split(/[/\\]/).slice(0, -1), name]);
  const ending = (of: readonly string[], count: number) => of.slice(-count).join('/');
  return parts.map((own, index) => {
    const others = parts.filter((_, at) => at !== index);
    let count = 1;
    while (count < own.length && others.some((other) => ending(other, count) === ending(own, count))) count++;
    return ending(own, count);
  });
}
