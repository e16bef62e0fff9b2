// A file of fresh strings for the editor, and the grammars that it can be asked for by name.
import { MOST_SAMPLES, type NamedGrammar } from '../../../protocol/grammars';
import { SubtextError } from '../../errors';
import { cfgTextHeader, sampleWriter } from './cfgText';
import { openGrammar } from './open';
import { presetGrammar, PRESET_NAMES } from './presets';
import { samplingRandom, sampleTree } from './sample';

/** Truncated forms that are small enough for a first look; the others can be named too. */
const SMALL = ['cfg3h/3', 'cfg3b/3', 'cfg3b/2', 'cfg3f/2'];

export function namedGrammars(): NamedGrammar[] {
  return [...PRESET_NAMES, ...SMALL].map((name) => {
    const { levels, minLength, maxLength } = presetGrammar(name);
    const detail = `${levels!.length} levels, ${minLength} to ${maxLength} terminals`;
    return { name, detail, longest: maxLength };
  });
}

/** @throws SubtextError `usage`; as `openGrammar` */
export function samplesFile(given: string, count: number, seed: number): string {
  if (!Number.isInteger(count) || count < 1 || count > MOST_SAMPLES)
    throw new SubtextError('usage', `${count} strings cannot be sampled`, `Ask for 1 to ${MOST_SAMPLES}.`);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new SubtextError(
      'usage',
      `${seed} is no seed`,
      `Seeds are whole numbers from 0 to ${2 ** 32 - 1}.`,
    );
  const grammar = openGrammar(given);
  const random = samplingRandom(seed, 'show');
  const write = sampleWriter(grammar, true);
  const lines = Array.from({ length: count }, () => `${write(sampleTree(grammar, random))}\n`);
  return cfgTextHeader({ grammar: given, drop: 0, seed }) + lines.join('');
}
