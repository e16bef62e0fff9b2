// Lens tables made up for unit tests.
import type { LensTable } from '../../src/protocol/lens';
import type { TextSource } from '../../src/protocol/types';

export const source: TextSource = {
  uri: 'file:///story.txt',
  version: 1,
  model: '/m',
  modelName: 'm',
  engine: 'cpu',
  windows: { count: 1, length: 100, overlap: 0 },
  interventions: 0,
};

/** Two layers of tokens [start, end) of `textTokens`; token t is 't' plus its index, and every number 0.5. */
export function lensTable(start: number, end: number, given: Partial<LensTable> = {}): LensTable {
  const length = end - start;
  const tokens = Array.from({ length }, (_, index) => start + index);
  const cells = (value: number) => Float32Array.from({ length: 2 * length }, () => value);
  return {
    source,
    points: [
      { label: 'embed', hook: 'blocks.0.hook_resid_pre' },
      { label: 'L0', hook: 'blocks.0.hook_resid_post' },
    ],
    scope: { start, end },
    complete: true,
    textTokens: end,
    tokens: {
      ids: Int32Array.from(tokens),
      pieces: tokens.map((token) => `t${token}`),
      starts: Int32Array.from(tokens, (token) => 2 * token),
      ends: Int32Array.from(tokens, (token) => 2 * token + 2),
    },
    targets: Int32Array.from(tokens, (token) => token + 1),
    predictsOwnPlace: false,
    top: Int32Array.from([...tokens, ...tokens]),
    topProbability: cells(0.5),
    targetProbability: cells(0.5),
    targetRank: new Int32Array(2 * length).fill(3),
    divergence: cells(0.5),
    entropy: cells(0.5),
    pieces: {
      ids: Int32Array.from({ length: end + 1 }, (_, id) => id),
      pieces: Array.from({ length: end + 1 }, (_, id) => `t${id}`),
    },
    note: 'a note',
    milliseconds: 1,
    ...given,
  };
}
