// What the header says of the lens.
import type { LensTable } from '../../src/protocol/lens';
import { count, counted } from '../shared/numbers';
import { sourceFacts, type Fact } from '../shared/sourceFacts';
import type { LensState } from './state';

/** What the header says, in its order. */
export function factsOf({ status, table, question }: LensState): Fact[] {
  const facts = sourceFacts(
    status,
    table?.source,
    table ? tokensOf(table, question?.selection !== undefined) : [],
  );
  // How the streams are read decides what the numbers mean: it is said where it can be read without pointing.
  return table ? [...facts, { text: table.note, tip: 'How each layer is read', kind: 'note' }] : facts;
}

function tokensOf({ scope, complete, textTokens }: LensTable, selected: boolean): Fact[] {
  const all = counted(textTokens, 'token');
  if (!selected) return [{ text: all }];
  const part = complete
    ? `selection: ${count(scope.end - scope.start)} of ${all}`
    : `from token ${count(scope.start)} of ${all}`;
  return [{ text: part }, { text: 'Whole Text', tip: 'Show the lens of the whole text', kind: 'wholeText' }];
}
