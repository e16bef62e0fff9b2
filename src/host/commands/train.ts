// *Train Model…*: data, architecture, size and budget in the quick input, then the run or its recipe.
import * as vscode from 'vscode';
import type { TrainingQuestion } from '../../protocol/runs';
import { back } from '../probes/steps';
import { trainingDialogue } from '../runs/trainingDialogue';
import { estimateWords } from '../runs/words';
import type { Session } from '../session';
import { pickOne } from './dialoguePage';
import { openNewRecipe } from './recipes';
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
        const page = question.then(({ question: name, choices, before }) => ({
          placeholder: placeholders[name],
          items: choices,
          // An answer that was asked for further begins with its choice: `text:/a/folder`.
          active: choices.filter(({ id }) => id === before || before?.startsWith(`${id}:`)),
        }));
        for (;;) {
          const item = await pickOne('Train Model', step, page);
          if (item === undefined || item === back) return item;
          if (item.asks === undefined) return item.id;
          const path = await browse();
          if (path !== undefined) return `${item.id}:${path}`;
        }
      },
      confirm: async (step, composing) => {
        const item = await pickOne(
          'Train Model',
          step,
          composing.then((composed) => ({
            placeholder: estimateWords(composed.estimate),
            items: decisions(composed.name, estimateWords(composed.estimate)),
            active: [],
          })),
        );
        if (item === undefined || item === back) return item;
        return { action: item.action, composed: await composing };
      },
    });
    if (!decided) return;
    const { action, composed } = decided;
    if (action === 'train') await startRun(session, folder, composed.name, { recipe: composed.recipe });
    else await openNewRecipe(folder, composed.name, composed.recipe);
  });
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

/** A file or a folder with text; undefined where none was chosen. */
async function browse(): Promise<string | undefined> {
  // Two entries, because the dialogs of some systems take only the one or the other.
  const kinds = [
    { label: '$(folder) Folder…', detail: 'All .txt, .jsonl and .parquet files in it', isFolder: true },
    { label: '$(file) File…', detail: 'A .txt, .jsonl or .parquet file', isFolder: false },
  ];
  const kind = await vscode.window.showQuickPick(kinds, { placeHolder: 'Text to train on' });
  if (!kind) return undefined;
  const chosen = await vscode.window.showOpenDialog({
    title: kind.isFolder ? 'Folder with Text' : 'File with Text',
    openLabel: 'Train on This',
    canSelectFolders: kind.isFolder,
    canSelectFiles: !kind.isFolder,
    ...(!kind.isFolder && { filters: { Text: ['txt', 'jsonl', 'parquet'], 'All Files': ['*'] } }),
  });
  return chosen?.[0]?.fsPath;
}
