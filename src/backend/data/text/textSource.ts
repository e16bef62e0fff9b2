// Windows of a text for training, shuffled: a function of seed and step, so that a run goes on after any step.
import { SubtextError } from '../../errors';
import type { TokenSource } from '../source';
import { mixAll, permute } from './mixing';
import type { TokenStretch } from './tokenFile';

/**
 * Windows of a stretch of tokens. An epoch cuts the stretch into windows side by side, from a random offset, and takes
 * each once, in random order; offset and order follow from seed and epoch. Windows begin and end anywhere in documents.
 * Less than two windows of the stretch are left out of an epoch, at its ends, others in each.
 * @returns a source whose `windows` throws SubtextError 'data' where the stretch is shorter than a window: repeating it
 * would make a loss that says nothing about other text
 */
export function textSource(stretch: TokenStretch, seed: number): TokenSource {
  return {
    vocabulary: stretch.vocabulary,
    count: stretch.count,
    windows(step, rows, length) {
      const places = placesOf(stretch, length, seed);
      const tokens = new Int32Array(rows * length);
      for (let row = 0; row < rows; row++)
        stretch.read(places(step * rows + row), tokens.subarray(row * length, (row + 1) * length));
      return tokens;
    },
  };
}

/** Where the window of a number begins, counted through all epochs. */
function placesOf(stretch: TokenStretch, length: number, seed: number): (number: number) => number {
  const { count, name } = stretch;
  if (count < length) {
    throw new SubtextError(
      'data',
      `There are only ${count} tokens of ${name}, fewer than a window of ${length}`,
      'Lower train.context, or give more text or another share of it.',
    );
  }
  // One less than fit, so that the offset is free; as many in every epoch, so that epochs need not be counted through.
  const perEpoch = Math.max(1, Math.floor(count / length) - 1);
  const offsets = count - perEpoch * length + 1;
  return (number) => {
    const epoch = Math.floor(number / perEpoch);
    const offset = Math.floor((mixAll(seed, epoch, 1) / 2 ** 32) * offsets);
    return offset + length * permute(number % perEpoch, perEpoch, mixAll(seed, epoch, 2));
  };
}
