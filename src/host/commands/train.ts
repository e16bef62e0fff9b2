// *Train Model…*: data, architecture, size and budget in the quick input, then the run or its recipe.
import * as vscode from 'vscode';
import type { TrainingQuestion } from '../../protocol/runs';
import { type Back, type DialogueStep, back, trainingDialogue } from '../runs/trainingDialogue';
import { estimateWords } from '../runs/words';
import type { Session } from '../session';
import { editRecipe } from './recipes';
import { runsFolder, startRun } from './startRun';
import { trainingIsAllowed } from './trust';

const placeholders: Record<TrainingQuestion, string> = {
  data: 'What to train on',
  architecture: 'Architecture',
  size: 'Size of the model',
  budget: 'How long to train',
};

export async function train(session: Session): Promise<void> {
  if (!trainingIsAllowed()) return;
  const folder = await runsFolder();
  if (folder === undefined) return;
  await session.attempt(async () => {
    const decided = await trainingDialogue(session.parts.backend, {
      ask: async (step, question) => {
        const item = await pick(
          step,
          question.then(({ question: name, choices, before }) => ({
            placeholder: placeholders[name],
            items: choices.map((choice): ChoiceItem => ({ ...choice, alwaysShow: false })),
            active: choices.findIndex(({ id }) => id === before),
          })),
        );
        return item === undefined || item === back ? item : item.id;
      },
      confirm: async (step, composing) => {
        const item = await pick(
          step,
          composing.then((composed) => ({
            placeholder: estimateWords(composed.estimate),
            items: decisions(composed.name, estimateWords(composed.estimate)),
            active: 0,
          })),
        );
        if (item === undefined || item === back) return item;
        return { action: item.action, composed: await composing };
      },
    });
    if (!decided) return;
    const { action, composed } = decided;
    if (action === 'train') await startRun(session, folder, composed.name, { recipe: composed.recipe });
    else await editRecipe(folder, composed.name, composed.recipe);
  });
}

interface ChoiceItem extends vscode.QuickPickItem {
  id: string;
}

interface DecisionItem extends vscode.QuickPickItem {
  action: 'train' | 'edit';
}

function decisions(name: string, estimate: string): DecisionItem[] {
  return [
    { action: 'train', label: '$(play) Train', description: name, detail: estimate },
    {
      action: 'edit',
      label: '$(edit) Edit Recipe',
      detail: 'Opens it as a file, with completion, checks and a Run button',
    },
  ];
}

interface Page<Item> {
  placeholder: string;
  items: Item[];
  /** Index of the item to begin on; -1 for the first. */
  active: number;
}

/** One step of the dialogue: busy until its page is there. Closes, and rejects, where the page fails. */
function pick<Item extends vscode.QuickPickItem>(
  step: DialogueStep,
  loading: Promise<Page<Item>>,
): Promise<Item | Back | undefined> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = 'Train Model';
  input.step = step.number;
  input.totalSteps = step.of;
  input.buttons = step.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  input.ignoreFocusOut = true;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.busy = true;
  return new Promise<Item | Back | undefined>((resolve, reject) => {
    input.onDidAccept(() => {
      const item = input.selectedItems.at(0);
      if (item) resolve(item);
    });
    input.onDidTriggerButton(() => resolve(back));
    input.onDidHide(() => resolve(undefined));
    loading.then(({ placeholder, items, active }) => {
      input.placeholder = placeholder;
      input.items = items;
      if (active > 0) input.activeItems = [items[active]];
      input.busy = false;
    }, reject);
    input.show();
  }).finally(() => input.dispose());
}
