// The Instruct form of a story: a header that says what the story has to hold, then the story.
// In training, words and summary never stand in one header; the held-out form asks for both.
import { Dice } from './dice';
import { generateStory } from './generate';
import type { Story } from './story';

export const INSTRUCTIONS = ['Words', 'Features', 'Summary', 'Sentence'] as const;
export type Instruction = (typeof INSTRUCTIONS)[number];

/** Apart from the seed of the stories, so that header and story are drawn independently. */
const HEADER_SEED = 0x5eed;

/** "Words: jump, ball, red", or nothing when the story has no features. */
function headerLine(instruction: Instruction, story: Story, dice: Dice): string | undefined {
  switch (instruction) {
    case 'Words':
      return `Words: ${dice.shuffled(Object.values(story.words)).join(', ')}`;
    case 'Features':
      return story.features.length === 0
        ? undefined
        : `Features: ${dice.shuffled(story.features).join(', ')}`;
    case 'Summary':
      return `Summary: ${story.summary}`;
    case 'Sentence':
      return `Sentence: ${dice.pick(story.sentences)}`;
  }
}

function formatted(story: Story, instructions: readonly Instruction[], dice: Dice): string {
  const lines = instructions
    .map((each) => headerLine(each, story, dice))
    .filter((line) => line !== undefined);
  return [...lines, 'Story:', '', story.text].join('\n');
}

/**
 * A story with a header for training: some of the instructions in random order, at least one, never words and summary
 * together.
 */
export function instructForm(story: Story, dice: Dice): string {
  const without = dice.pick(['Words', 'Summary'] as const);
  const [first, ...rest] = dice.shuffled(INSTRUCTIONS.filter((each) => each !== without));
  const others = rest.filter(() => dice.chance(0.5));
  const chosen =
    first === 'Features' && story.features.length === 0 && others.length === 0 ? 'Sentence' : first;
  return formatted(story, [chosen, ...others], dice);
}

/** The combination that training leaves out: words and summary, with any of the others, in random order. */
export function heldOutInstructForm(story: Story, dice: Dice): string {
  const others = (['Features', 'Sentence'] as const).filter(() => dice.chance(0.3));
  return formatted(story, dice.shuffled([...others, 'Words', 'Summary'] as const), dice);
}

/** Story number `index` of a seed in the form for training. */
export function instructAt(seed: number, index: number): string {
  return instructForm(generateStory(seed, {}, index), new Dice(seed ^ HEADER_SEED, index));
}

/** Story number `index` of a seed in the held-out form. */
export function heldOutInstructAt(seed: number, index: number): string {
  return heldOutInstructForm(generateStory(seed, {}, index), new Dice(seed ^ HEADER_SEED, index));
}

/** Stories of a seed in the form for training, without end. */
export function* instructStream(seed: number): Generator<string, never> {
  for (let index = 0; ; index++) yield instructAt(seed, index);
}
