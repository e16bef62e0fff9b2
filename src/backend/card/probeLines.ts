// What a model card says of the probes beside its model.
import type { ProbeResult } from '../../protocol/probes';
import { fittingFolders, probesBeside } from '../interpret/probes/openFolder';
import { fingerprintOf } from '../interpret/probes/probeFile';
import type { LanguageModel } from '../model/languageModel';

/** A section for the probes that were trained on these very weights and lie beside them; empty without any. */
export async function probeLines({ checkpoint }: LanguageModel): Promise<string[]> {
  const folders = await fittingFolders([probesBeside(checkpoint.path)], fingerprintOf(checkpoint));
  if (folders.length === 0) return [];
  return [
    '## Probes',
    '',
    'Share of the labelled tokens of held-out documents that are read right, with its 95 % interval; beside it the most frequent class, the same probe on a model with first weights, and the same with shuffled labels (`subtext probe`).',
    '',
    ...folders
      .sort((a, b) => (a.folder.name < b.folder.name ? -1 : 1))
      .flatMap(({ folder, probes }) => tableOf(folder.name, probes)),
  ];
}

function tableOf(name: string, probes: readonly ProbeResult[]): string[] {
  const { kind, documents_test } = probes[0];
  return [
    `\`${name}\`: ${kind} probes, ${documents_test} documents.`,
    '',
    '| | activation | accuracy | 95 % | most frequent | untrained | shuffled |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...probes.map(
      ({ target, level, hook, accuracy, ci, majority, random_init, shuffled }) =>
        `| ${level === null ? target : `${target}, level ${level}`} | ${hook} | ${percent(accuracy)} | ${ci.map((end) => (100 * end).toFixed(1)).join(' to ')} | ${percent(majority)} | ${percent(random_init)} | ${percent(shuffled)} |`,
    ),
    '',
  ];
}

function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(1)} %`;
}
