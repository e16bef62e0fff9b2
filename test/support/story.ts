// The story that tests of views read. Its words are pointed at and its tokens counted: the sample story may change, it not.
import { join } from 'node:path';
import { root } from '../../scripts/cache.mjs';

/** A folder with nothing but the story in it. */
export const storyFolder = join(root, 'test', 'fixtures', 'workspace');
export const storyFile = join(storyFolder, 'story.txt');
