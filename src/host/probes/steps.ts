// Questions in turn with a way back, each of which may depend on the answers before it.

/** A step back. */
export const back = Symbol('back');
export type Back = typeof back;

/** Where a person is in the dialogue. */
export interface DialogueStep {
  /** From 1. */
  number: number;
  of: number;
  canGoBack: boolean;
}

export interface StepQuestion<Answers> {
  /** Whether it is asked, told by the answers before it. */
  applies?(given: Partial<Answers>): boolean;
  /**
   * @param before what was answered on an earlier visit, this question and later ones included
   * @returns what it adds to the answers; undefined when the person gave up
   */
  ask(
    given: Partial<Answers>,
    before: Partial<Answers>,
    step: DialogueStep,
  ): Promise<Partial<Answers> | Back | undefined>;
}

/** Resolves with all answers; undefined when the person gave up. */
export async function inSteps<Answers>(
  questions: readonly StepQuestion<Answers>[],
): Promise<Partial<Answers> | undefined> {
  /** What was answered at each step. */
  const given: Partial<Answers>[] = [];
  let before: Partial<Answers> = {};
  for (;;) {
    const answers = Object.assign({}, ...given) as Partial<Answers>;
    const asked = questions.filter((question) => question.applies?.(answers) ?? true);
    if (given.length === asked.length) return answers;
    const step = { number: given.length + 1, of: asked.length, canGoBack: given.length > 0 };
    const answer = await asked[given.length].ask(answers, before, step);
    if (answer === undefined) return undefined;
    if (answer === back) {
      given.pop();
      continue;
    }
    given.push(answer);
    before = { ...before, ...answer };
  }
}
