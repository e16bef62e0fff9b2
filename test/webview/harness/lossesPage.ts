// The view of losses in a page like VS Code's, with the host's own inspection behind it and a real backend behind that.
import type { Browser } from 'playwright-core';
import { LossInspection } from '../../../src/host/inspection/lossInspection';
import { lossReport } from '../../../src/host/losses/report';
import type { ComparedReader } from '../../../src/protocol/losses';
import type { FromLossesView, LossesViewState, ToLossesView } from '../../../src/protocol/lossesView';
import type { TextRange } from '../../../src/protocol/types';
import { openPage, type Conversation, type View, type ViewOptions } from './page';
import { portsOf, uri, type Reader } from './reader';

export interface LossesConversation extends Conversation {
  incoming: ToLossesView;
  outgoing: FromLossesView;
  state: LossesViewState;
}

export type LossesView = View<LossesConversation>;

export interface LossesOptions extends ViewOptions<LossesConversation> {
  /** Whom the reader's model, with its interventions, is compared with: itself without them unless given. */
  before?: ComparedReader;
  selection?: TextRange;
}

/** Opens the view, which has said `ready` and was told nothing yet. */
export function openLossesPage(browser: Browser, options: LossesOptions = {}): Promise<LossesView> {
  return openPage<LossesConversation>(browser, { name: 'losses', title: 'Losses' }, options);
}

/** Opens the view on the reader's text; resolves once the totals are drawn. */
export async function openLosses(
  browser: Browser,
  reader: Reader,
  options: LossesOptions = {},
): Promise<LossesView> {
  const { before = { interventions: false }, selection } = options;
  const inspection = new LossInspection(portsOf(reader));
  inspection.compareWith(before);
  const question = { uri, model: reader.model, ...(selection && { selection }) };
  await inspection.ask(question);
  const answer = inspection.answer!;
  const { modelName, engine } = answer.source;
  const view = await openLossesPage(browser, options);
  const report = lossReport(answer, reader.text);
  await view.send({ type: 'losses', report, question: { ...question, before } });
  await view.send({
    type: 'status',
    status: { phase: 'ready', document: 'story.txt', model: modelName, engine, modelOpen: true },
  });
  await view.page.locator('.totals .change').first().waitFor();
  return view;
}
