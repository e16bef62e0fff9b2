// *Show Attention Statistics of a Grammar…*: how the model attends over fresh strings of a grammar.
import type { GrammarAttentionQuestion } from '../../protocol/grammarAttention';
import { withLateProgress } from '../progress';
import { type Session, hostFailure } from '../session';
import { pickGrammar } from './pickGrammar';

/** As in the paper. */
const STRINGS = 200;

export async function showGrammarAttention(session: Session): Promise<void> {
  await session.attempt(async () => {
    const model = await session.neededModel();
    if (!model) throw hostFailure('No model is open', 'Run Subtext: Open Model… first.');
    const grammar = await pickGrammar(
      session,
      { title: 'Attention Statistics', openLabel: 'Read Strings of This' },
      // With begin and end of text.
      ({ longest }) => longest + 2 <= model.context,
    );
    if (grammar === undefined) return;
    session.parts.grammarAttention.panel.reveal();
    await ask(session, { model: model.id, grammar, strings: STRINGS, seed: 0 });
  });
}

/** Brings the view back to what it showed before a reload. */
export async function resumeGrammarAttention(
  session: Session,
  saved: GrammarAttentionQuestion,
): Promise<void> {
  const model = session.parts.models.get(saved.model) ?? (await session.openModel(saved.model));
  if (model) await ask(session, { ...saved, model: model.id });
}

async function ask({ parts }: Session, question: GrammarAttentionQuestion): Promise<void> {
  const { inspection } = parts.grammarAttention;
  const title = `Reading strings of ${question.grammar.split(/[/\\]/).at(-1)!}`;
  await withLateProgress(title, parts.backend, inspection.ask(question), () => inspection.cancel());
}
