// What the view of losses says of what it shows.
import { count, counted, significant } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { sourceFacts, type Fact } from '../shared/sourceFacts';
import type { LossReport } from '../../src/protocol/lossesView';
import type { LossesState } from './state';

/** Characters of a model's name over a column. */
const LONGEST_NAME = 12;

/** What the header says, in its order. */
export function factsOf({ status, report, question }: LossesState): Fact[] {
  if (!report) return sourceFacts(status, undefined, []);
  const all = { text: `${counted(report.spans, report.span)} with a loss` };
  const own: Fact[] =
    question?.selection === undefined
      ? [all]
      : [
          { text: `selection: ${all.text}`, tip: 'The table above the list is of the whole text.' },
          { text: 'Whole Text', tip: 'List the whole text', kind: 'wholeText' },
        ];
  return sourceFacts(status, report.source, own);
}

/** What the list leaves out, or that there is nothing in it. */
export function listWords({ report, side }: LossesState, rows: number): string {
  if (!report) return '';
  const { worse, better, span } = report;
  const all = side === 'all' ? worse + better : side === 'worse' ? worse : better;
  if (all === 0) return side === 'all' ? 'Nothing changed' : `No ${span} is ${side}`;
  const shown = rows < all ? `${count(rows)} largest of ` : '';
  return `${shown}${counted(all, span)}: ${count(worse)} worse, ${count(better)} better`;
}

/** What the columns of the two losses are called. */
export function columnNames({ models }: LossReport): [before: string, after: string] {
  if (!models) return ['Before', 'After'];
  return [cutMiddle(models.before, LONGEST_NAME), cutMiddle(models.after, LONGEST_NAME)];
}

/** Nats to a thousandth under one, else in three significant digits: a loss of 5.96e−7 is none, and no change either. */
export function nats(value: number): string {
  if (Math.abs(value) < 0.0005) return '0.000';
  return Math.abs(value) < 1 ? value.toFixed(3).replace('-', '−') : significant(value);
}

/** With its sign: `+0.232`. */
export function signed(value: number, write: (value: number) => string = nats): string {
  const text = write(value);
  return value > 0 && text !== '0.000' ? `+${text}` : text;
}
