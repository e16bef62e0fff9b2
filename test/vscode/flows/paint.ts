// The text on the screen against what the model says of it.
import assert from 'node:assert/strict';
import { paintedCharacters, type PaintedCharacter } from '../harness/painted';
import type { Workbench } from '../harness/workbench';
import { expectedPaint, levelsOfCharacters } from './expectedPaint';
import type { ExpectedNeuron } from './twin';

/** Waits until every character on the screen is painted as the neuron activates on `text`; returns the characters. */
export async function expectPaint(
  workbench: Workbench,
  { name, activations }: ExpectedNeuron,
  text: string,
): Promise<PaintedCharacter[]> {
  const levels = levelsOfCharacters(expectedPaint(activations, text), text);
  let characters: PaintedCharacter[] = [];
  let wrong: string[] = [];
  const isRight = async () => {
    characters = await paintedCharacters(workbench.page, text);
    wrong = characters
      .filter(({ offset, level }) => level !== levels[offset])
      .map(({ offset, level }) => `'${text[offset]}' at ${offset}: ${level} and not ${levels[offset]}`);
    return wrong.length === 0;
  };
  await workbench.until(`${name} is painted`, isRight).catch((error: unknown) => {
    // Which characters are wrong says more than that some are.
    assert.deepEqual(wrong, [], `${name} is painted otherwise`);
    throw error;
  });
  return characters;
}
