// What the header of every view says of what it shows: document, model, engine, windows.
import type { TextSource } from '../../src/protocol/types';
import type { ViewStatus } from '../../src/protocol/views';
import { documentName } from './names';
import { count, counted } from './numbers';
import { cutMiddle } from './pieces';

/** Characters of a name that are shown. */
const LONGEST_NAME = 40;

/** One thing that the header says. */
export interface Fact {
  text: string;
  tip?: string;
  kind?: 'name' | 'note' | 'wholeText';
}

/**
 * @param answered where the answer comes from that is shown
 * @param own what the view says of it, between the names of document and model
 */
export function sourceFacts(
  status: ViewStatus,
  answered: TextSource | undefined,
  own: readonly Fact[],
): Fact[] {
  const facts: Fact[] = [];
  const source = readsAnother(status, answered) ? undefined : answered;
  const document = status.document ?? (source && documentName(source.uri));
  if (document !== undefined) facts.push(named(document, 'name'));
  if (source) facts.push(...own);
  else if (answered && status.phase === 'loading') facts.push({ text: 'reading…' });
  const model = status.model ?? source?.modelName;
  if (model !== undefined) facts.push(named(model));
  const engine = status.engine ?? source?.engine;
  if (engine !== undefined) facts.push({ text: engine, tip: 'Engine' });
  facts.push(...interventionFacts(source?.interventions));
  const windows = source?.windows;
  if (windows && windows.count > 1) {
    facts.push({
      text: `${count(windows.count)} windows of ${count(windows.length)}, overlap ${count(windows.overlap)}`,
      tip: 'The text is longer than the model takes at once. Every token keeps the value of the window that saw most of the text before it.',
      kind: 'note',
    });
  }
  return facts;
}

/** How many interventions an answer stands under; nothing where there are none. */
export function interventionFacts(active = 0): Fact[] {
  if (active === 0) return [];
  const tip = 'The model computes under these; the Interventions view in the side bar switches them.';
  return [{ text: counted(active, 'intervention'), tip, kind: 'note' }];
}

/** Whether the status speaks of another text or model than what is shown, which is still that of before. */
function readsAnother(status: ViewStatus, source: TextSource | undefined): boolean {
  if (!source || (status.phase !== 'loading' && status.phase !== 'failed')) return false;
  const otherText = status.document !== undefined && status.document !== documentName(source.uri);
  return otherText || (status.model !== undefined && status.model !== source.modelName);
}

function named(name: string, kind?: Fact['kind']): Fact {
  const text = cutMiddle(name, LONGEST_NAME);
  return { text, tip: name, kind };
}
