// All points as CSV, part by part: of ten full runs it is more than 100 MB.
import { toCsv } from '../shared/clipboard';
import { shortest } from '../shared/numbers';
import { LARGEST_TEXT } from '../shared/parts';
import { pinned, Rows, type Row } from './rows';
import type { ShownRun } from './state';
import { thinningWords } from './thinning';

const head = [
  'run',
  'step',
  'tokens',
  'seconds',
  'loss',
  'validation_loss',
  'lr',
  'grad_norm',
  'tokens_per_s',
];

/**
 * A row per run and step, empty cells where nothing was logged; a comment at the head where steps are missing.
 * @param largest characters of a part, but for its last row
 */
export function* csvParts(runs: readonly ShownRun[], largest = LARGEST_TEXT): Generator<string> {
  const thinning = thinningWords(runs);
  let text = thinning === undefined ? '' : `# ${thinning.replace(/[\r\n]+/g, ' ')}\r\n`;
  text += toCsv([head]);
  for (const run of runs) {
    // Others are written meanwhile, and a run may go back.
    const rows = new Rows([pinned(run)]);
    for (let index = 0; index < rows.length; index++) {
      text += toCsv([cellsOf(rows.at(index))]);
      if (text.length < largest) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

function cellsOf(row: Row): (string | number)[] {
  const { run, step, tokens, seconds, loss, validation, lr, gradientNorm, tokensPerSecond } = row;
  const measured = [loss, validation, lr, gradientNorm, tokensPerSecond].map((value) =>
    Number.isNaN(value) ? '' : shortest(value),
  );
  return [run.snapshot.name, step, tokens, seconds, ...measured];
}
