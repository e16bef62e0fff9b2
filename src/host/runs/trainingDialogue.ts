// The questions of *Train Model…* in turn, with a way back; what a person sees of them is the caller's business.
import type { Result } from '../../protocol/requests';
import {
  TRAINING_QUESTIONS,
  type TrainingAnswers,
  type TrainingChoice,
  type TrainingQuestion,
} from '../../protocol/runs';
import type { Requester } from '../backend/requester';
import { type Back, type DialogueStep, back } from '../probes/steps';

export type ComposedRecipe = Result<'subtext/composeRecipe'>;

export interface Question {
  question: TrainingQuestion;
  choices: TrainingChoice[];
  /** What was answered before, for one who comes back. */
  before: string | undefined;
}

/** Each waits for a person; undefined when they gave up. Rejects where what it waits for fails. */
export interface DialoguePorts {
  ask(step: DialogueStep, question: Promise<Question>): Promise<string | Back | undefined>;
  confirm(
    step: DialogueStep,
    composed: Promise<ComposedRecipe>,
  ): Promise<{ action: 'train' | 'edit'; composed: ComposedRecipe } | Back | undefined>;
}

/** Resolves with the recipe and what to do with it; undefined when the person gave up. */
export async function trainingDialogue(
  requester: Requester,
  ports: DialoguePorts,
): Promise<{ action: 'train' | 'edit'; composed: ComposedRecipe } | undefined> {
  const of = TRAINING_QUESTIONS.length + 1;
  /** Answers in the order in which they were given; those after `given` are remembered of an earlier visit. */
  const answered: { question: TrainingQuestion; id: string }[] = [];
  let given = 0;
  for (;;) {
    const answers = Object.fromEntries(answered.slice(0, given).map(({ question, id }) => [question, id]));
    const step = { number: given + 1, of, canGoBack: given > 0 };
    if (given === TRAINING_QUESTIONS.length) {
      // All questions are answered, the first among them.
      const params = { answers: answers as unknown as TrainingAnswers };
      const decided = await ports.confirm(step, requester.request('subtext/composeRecipe', params));
      if (decided !== back) return decided;
      given--;
      continue;
    }
    const asked = requester.request('subtext/trainingChoices', { answers });
    const question = asked.then((result): Question => {
      const earlier = answered.slice(given).find((other) => other.question === result.question);
      return { ...result, before: earlier?.id };
    });
    const id = await ports.ask(step, question);
    if (id === undefined) return undefined;
    if (id === back) {
      given--;
      continue;
    }
    answered.splice(given, answered.length, { question: (await question).question, id });
    given++;
  }
}
