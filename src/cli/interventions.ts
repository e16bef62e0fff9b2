// Options that change a model while it reads or writes, the same for every command that has them.
import { readFile } from 'node:fs/promises';
import {
  INTERVENTION_VERBS,
  parseIntervention,
  printIntervention,
  type Intervention,
} from '../protocol/interventions';
import { SubtextError } from '../backend/errors';
import { BaseValues } from '../backend/interpret/interventions/baseValues';
import { Interventions } from '../backend/interpret/interventions/interventions';
import { parseInterventions } from '../backend/interpret/interventions/schema';
import type { LanguageModel } from '../backend/model/languageModel';
import type { Option, Values } from './command';

const PARTS = 'L3H5 (head), L2N17 (neuron), L1.attn, L1.mlp, L1.resid';

export const INTERVENTION_OPTIONS: Record<string, Option> = {
  ablate: { value: 'PARTS', list: true, help: `sets parts to zero: ${PARTS}; several with commas` },
  'ablate-mean': { value: 'PARTS', list: true, help: 'sets parts to their mean over the text' },
  scale: { value: 'PART=F', list: true, help: 'multiplies a part: L2N17=0.5' },
  steer: {
    value: 'PART=F',
    list: true,
    help: 'adds to a neuron (L2N17=4), or a neuron’s output weights to the rest (L4.resid=4*L2N17)',
  },
  interventions: { value: 'FILE', help: 'applies a file *.interventions.json, before the options' },
};

/** What the options ask for, those of the file first. @throws SubtextError `usage`, `file-access`, `interventions` */
export async function interventionOptions(values: Values): Promise<Intervention[]> {
  const found = typeof values.interventions === 'string' ? await readList(values.interventions) : [];
  const ids = new Set(found.map(({ id }) => id));
  for (const verb of INTERVENTION_VERBS) {
    const given = values[verb];
    if (typeof given !== 'string') continue;
    for (const text of given.split(',')) {
      const parsed = parseIntervention(verb, text.trim());
      if (!parsed) {
        const remedy = `Write --${verb} ${INTERVENTION_OPTIONS[verb].value}, with parts such as ${PARTS}.`;
        throw new SubtextError('usage', `--${verb} ${text} is not understood`, remedy);
      }
      const id = freshId(printIntervention(parsed), ids);
      ids.add(id);
      found.push({ id, on: true, ...parsed });
    }
  }
  return found;
}

/** @throws SubtextError `interventions` for the first that the model has no part for */
export function openInterventions(model: LanguageModel, list: readonly Intervention[]): Interventions {
  const interventions = new Interventions(model, list, new BaseValues(model));
  const at = interventions.states.findIndex(({ problem }) => problem !== undefined);
  if (at === -1) return interventions;
  const { id, problem } = interventions.states[at];
  throw new SubtextError(
    'interventions',
    `${id}: ${problem!.replace(/\.$/, '')}`,
    'Leave it out, or take the model that it was made for.',
  );
}

async function readList(file: string): Promise<Intervention[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    throw new SubtextError('file-access', `${file} cannot be read (${message})`, 'Check the path.');
  }
  return parseInterventions(text, file).interventions;
}

function freshId(id: string, ids: ReadonlySet<string>): string {
  let fresh = id;
  for (let count = 2; ids.has(fresh); count++) fresh = `${id} (${count})`;
  return fresh;
}
