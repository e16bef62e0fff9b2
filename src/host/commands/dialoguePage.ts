// A page of a dialogue in the quick input: one choice or several, with a step back.
import * as vscode from 'vscode';
import type { Page } from '../probes/person';
import { type Back, type DialogueStep, back } from '../probes/steps';

/** One choice. Busy until its page is there; closes, and rejects, where the page fails. */
export async function pickOne<Item extends vscode.QuickPickItem>(
  title: string,
  step: DialogueStep,
  loading: Promise<Page<Item>>,
): Promise<Item | Back | undefined> {
  const found = await pick(title, step, loading, false);
  return Array.isArray(found) ? found[0] : found;
}

/** One or more. */
export function pickSome<Item extends vscode.QuickPickItem>(
  title: string,
  step: DialogueStep,
  loading: Promise<Page<Item>>,
): Promise<Item[] | Back | undefined> {
  return pick(title, step, loading, true);
}

function pick<Item extends vscode.QuickPickItem>(
  title: string,
  step: DialogueStep,
  loading: Promise<Page<Item>>,
  several: boolean,
): Promise<Item[] | Back | undefined> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = title;
  input.step = step.number;
  input.totalSteps = step.of;
  input.buttons = step.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  input.canSelectMany = several;
  input.ignoreFocusOut = true;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.busy = true;
  return new Promise<Item[] | Back | undefined>((resolve, reject) => {
    input.onDidAccept(() => {
      const { selectedItems } = input;
      if (selectedItems.length > 0) resolve([...selectedItems]);
    });
    input.onDidTriggerButton(() => resolve(back));
    input.onDidHide(() => resolve(undefined));
    loading.then(({ placeholder, items, active }) => {
      input.placeholder = placeholder;
      input.items = items;
      if (several) input.selectedItems = active;
      else if (active.length > 0) input.activeItems = active;
      input.busy = false;
    }, reject);
    input.show();
  }).finally(() => input.dispose());
}
