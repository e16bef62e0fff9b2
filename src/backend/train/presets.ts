// What the command palette offers to train: a recipe in four answers. Each choice says what it costs.
import type { TrainingAnswers, TrainingChoice } from '../../protocol/runs';
import { SubtextError } from '../errors';
import { vocabularyOf } from '../data/training';
import { configurationOf } from './architectures';
import { completed } from './completed';
import { estimateTime } from './estimate';
import { duration, shortCount } from './words';
import { architectureWords, BUDGETS, DATA, type DataPreset } from './presetTables';
import { checkRecipe, type NewModel, type RecipeInput } from './recipe';

type Question = keyof TrainingAnswers;

const QUESTIONS: readonly Question[] = ['data', 'architecture', 'size', 'budget'];

/** The next question, and what can be answered. @throws SubtextError `usage` for an answer that is none */
export function trainingChoices(
  answers: Partial<TrainingAnswers>,
  speed?: number,
): { question: Question; choices: TrainingChoice[] } {
  const question = QUESTIONS.find((each) => answers[each] === undefined) ?? 'budget';
  return { question, choices: choicesOf(question, answers, speed) };
}

function choicesOf(question: Question, answers: Partial<TrainingAnswers>, speed?: number): TrainingChoice[] {
  // What is not answered yet is answered by its first choice, the smallest.
  const from = question === 'budget' ? '' : 'from ';
  const cost = (id: string) => {
    const recipe = completed(
      checkRecipe(composed({ data: '', ...answers, [question]: id }), 'The recipe'),
      '/',
    );
    const configuration = configurationOf(
      recipe.model as NewModel,
      recipe.train.context,
      vocabularyOf(recipe),
    );
    const { parameters, tokens, seconds } = estimateTime(configuration, recipe, speed);
    const time = seconds === undefined ? '' : ` · about ${duration(seconds)}`;
    return `${from}${shortCount(parameters)} parameters · ${shortCount(tokens)} tokens${time}`;
  };
  switch (question) {
    case 'data':
      return DATA.map(({ id, label, detail }) => ({
        id,
        label,
        description: cost(id),
        detail,
        ...(id === 'text' && { asks: 'files' as const }),
      }));
    case 'architecture':
      return chosenData(answers.data!).architectures.map((id) => ({
        id,
        description: cost(id),
        ...architectureWords[id],
      }));
    case 'size':
      return chosenData(answers.data!).sizes.map(({ id, label, detail }) => ({
        id,
        label,
        detail,
        description: cost(id),
      }));
    case 'budget':
      return BUDGETS.map(({ id, label, steps }) => ({
        id,
        label,
        description: cost(id),
        detail: `${shortCount(steps)} steps`,
      }));
  }
}

/** The recipe of these answers; questions that were not asked yet are answered by their first choice. */
export function composed(answers: TrainingAnswers): RecipeInput {
  const preset = chosenData(answers.data);
  const { layers, width, heads, learningRate } = found(
    preset.sizes,
    answers.size ?? preset.sizes[0].id,
    'size',
  ).value;
  const { steps } = found(BUDGETS, answers.budget ?? BUDGETS[0].id, 'budget');
  const architecture = preset.architectures.find(
    (each) => each === (answers.architecture ?? preset.architectures[0]),
  );
  if (!architecture) throw noSuch('architecture', answers.architecture!);
  const data = answers.data.startsWith('text:')
    ? { kind: 'text' as const, files: [answers.data.slice('text:'.length)] }
    : preset.data;
  return {
    data,
    model: {
      architecture,
      layers,
      width,
      heads,
      ...(preset.deviation && { initial_deviation: preset.deviation(width) }),
    },
    train: {
      steps,
      batch: preset.batch,
      context: preset.context,
      learning_rate: learningRate,
      schedule: preset.schedule(steps),
      ...(preset.samples && { samples: preset.samples }),
    },
  };
}

/** A short name for runs: `cfg3b-3-tiny`. */
export function runName({ data, size: chosen }: TrainingAnswers): string {
  const name = data.startsWith('text:') ? data.split(/[/\\]/).at(-1)! : data.replace(/^cfg:/, '');
  return (
    `${name}${chosen ? `-${chosen}` : ''}`
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'run'
  );
}

function chosenData(id: string): DataPreset {
  return found(DATA, id.startsWith('text:') ? 'text' : id, 'data').value;
}

function found<Choice extends { id: string }>(
  choices: readonly Choice[],
  id: string,
  question: string,
): Choice {
  const choice = choices.find((each) => each.id === id);
  if (!choice) throw noSuch(question, id);
  return choice;
}

function noSuch(question: string, id: string): SubtextError {
  return new SubtextError('usage', `There is no ${question} ${id} to train`, 'Choose one that is offered.');
}
