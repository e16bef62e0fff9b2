// Cases of the operations that meet large axes in a model: its vocabulary, a long text.
import * as op from '../../src/backend/engine/operations';
import type { Case } from './operationCases';

const GPT2_VOCABULARY = 50257;
const LONG_CONTEXT = 2048;

/** Operations whose last axis is a vocabulary somewhere in a model. */
const OVER_THE_VOCABULARY: Record<string, Omit<Case, 'covers'>> = {
  softmax: { given: [{ shape: [2, GPT2_VOCABULARY] }], build: ([x]) => op.softmax(x) },
  logSoftmax: { given: [{ shape: [1, 2, GPT2_VOCABULARY] }], build: ([x]) => op.logSoftmax(x) },
  crossEntropy: {
    given: [
      { shape: [1, 2, GPT2_VOCABULARY], declared: ['batch', 'pos', GPT2_VOCABULARY] },
      { shape: [1, 2], declared: ['batch', 'pos'], type: 'int32', below: GPT2_VOCABULARY },
    ],
    build: ([logits, labels]) => op.crossEntropy(logits, labels),
  },
  linearCrossEntropy: {
    given: [
      { shape: [1, 2, 3], declared: ['batch', 'pos', 3] },
      { shape: [GPT2_VOCABULARY, 3] },
      { shape: [1, 2], declared: ['batch', 'pos'], type: 'int32', below: GPT2_VOCABULARY },
    ],
    build: ([x, weight, labels]) => op.linearCrossEntropy({ x, weight, labels }, { transposed: true }).losses,
  },
  gather: {
    given: [{ shape: [GPT2_VOCABULARY, 2] }, { shape: [1, 5], type: 'int32', below: GPT2_VOCABULARY }],
    build: ([table, tokens]) => op.gather(table, tokens),
  },
  topK: {
    given: [{ shape: [2, GPT2_VOCABULARY] }],
    build: ([x]) => {
      const { values, indices } = op.topK(x, 20);
      return [values, indices];
    },
  },
  matmul: {
    given: [{ shape: [1, 2, 3], declared: ['batch', 'pos', 3] }, { shape: [GPT2_VOCABULARY, 3] }],
    build: ([x, embedding]) => op.matmul(x, embedding, { transposeB: true }),
  },
};

/** What meets a long text: many keys, many positions that read or write one row of a table. */
const OVER_A_LONG_CONTEXT: Record<string, Omit<Case, 'covers'>> = {
  attend: {
    given: [
      { shape: [1, 2, 3, LONG_CONTEXT], declared: ['batch', 2, 'pos', 'key'] },
      { shape: [1, 2, 4, LONG_CONTEXT], declared: ['batch', 2, 4, 'key'] },
    ],
    build: ([scores, values]) => op.attend(scores, values),
  },
  softmax: { given: [{ shape: [1, 3, LONG_CONTEXT] }], build: ([x]) => op.softmax(x) },
  sum: { given: [{ shape: [LONG_CONTEXT, 3] }], build: ([x]) => op.sum(x, [0]) },
  sumOfSquares: { given: [{ shape: [LONG_CONTEXT, 3] }], build: ([x]) => op.sumOfSquares(x) },
  matmul: {
    given: [{ shape: [2, 3, LONG_CONTEXT] }, { shape: [2, LONG_CONTEXT, 2] }],
    build: ([a, b]) => op.matmul(a, b),
  },
  gather: {
    given: [{ shape: [3, 2] }, { shape: [1, LONG_CONTEXT], type: 'int32', below: 3 }],
    build: ([table, tokens]) => op.gather(table, tokens),
  },
};

/** By what they are, such as `attend, 2048`. */
export function largeCases(): Record<string, Case> {
  const named = (size: number, uses: Record<string, Omit<Case, 'covers'>>) =>
    Object.entries(uses).map(([name, use]): [string, Case] => [
      `${name}, ${size}`,
      { covers: [name], ...use },
    ]);
  return Object.fromEntries([
    ...named(GPT2_VOCABULARY, OVER_THE_VOCABULARY),
    ...named(LONG_CONTEXT, OVER_A_LONG_CONTEXT),
  ]);
}
