// Stories for children after the TinyStories recipe (Eldan and Li 2023, arXiv 2305.07759): three simple words and some
// features are drawn for each story, which then uses and shows them. See README.md in this folder.
export { Dice } from './dice';
export { generateStory, storyAt, storyStream } from './generate';
export {
  heldOutInstructAt,
  heldOutInstructForm,
  instructAt,
  instructForm,
  instructStream,
  INSTRUCTIONS,
  type Instruction,
} from './instruct';
export { noveltyReport, type NoveltyReport } from './novelty';
export { FEATURES, type Feature, type Story, type StoryOptions, type Words } from './story';
