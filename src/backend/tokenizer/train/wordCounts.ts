// How often each word of a large text occurs: all that a vocabulary is learnt from.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { withoutLoneSurrogates } from '../alignment';
import { detached } from '../fastEncoding';

/** Distinct words of some gigabytes of English; text without words (a hash in every line) would fill the memory. */
const MAX_DISTINCT_WORDS = 4_000_000;

export interface CountingOptions {
  cancellation?: Cancellation;
  /** @param units UTF-16 units of text read so far */
  onProgress?: (units: number) => void;
}

/**
 * Counts words, in the order in which they first occur. Once there are four million, those seen only once are forgotten.
 * @param split the words of a text
 * @throws SubtextError 'empty-text' where there is no word; 'cancelled'
 */
export async function countWords(
  texts: Iterable<string> | AsyncIterable<string>,
  split: (text: string) => readonly string[],
  { cancellation, onProgress }: CountingOptions = {},
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let units = 0;
  for await (const text of texts) {
    if (cancellation) throwIfCancelled(cancellation);
    for (const word of split(withoutLoneSurrogates(text))) {
      const count = counts.get(word);
      if (count === undefined) counts.set(detached(word), 1);
      else counts.set(word, count + 1);
    }
    if (counts.size > MAX_DISTINCT_WORDS) forgetRare(counts);
    onProgress?.((units += text.length));
  }
  if (counts.size > 0) return counts;
  throw new SubtextError(
    'empty-text',
    'There is no text to learn a vocabulary from',
    'Check that the files and the column hold text.',
  );
}

function forgetRare(counts: Map<string, number>): void {
  for (const [word, count] of counts) if (count === 1) counts.delete(word);
}
