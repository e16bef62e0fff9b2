// *Activation Patching…*: from two texts that differ in little to the map of where patching one into the other
// brings back what the clean one predicts.
import * as vscode from 'vscode';
import type { PatchQuestion } from '../../protocol/patching';
import { isOrdinaryText } from '../documentSchemes';
import { withLateProgress } from '../progress';
import { type Session, hostFailure } from '../session';

type Texts = Pick<PatchQuestion, 'clean' | 'corrupted'>;

/** Longest text in UTF-16 units that is asked about: patching runs the model once for each layer and token. */
const LONGEST_TEXT = 20_000;

export async function patchMap(session: Session): Promise<void> {
  await session.attempt(async () => {
    const texts = await chooseTexts();
    const model = texts && (await session.neededModel());
    if (!texts) return;
    if (!model) throw hostFailure('No model is open', 'Run Subtext: Open Model… first.');
    for (const text of [texts.clean, texts.corrupted]) {
      if (text.length > LONGEST_TEXT)
        throw hostFailure(
          `A text of ${text.length.toLocaleString('en')} characters is too long to be patched`,
          'Select the part that matters: a sentence or two.',
        );
    }
    const { inspection, panel } = session.parts.patch;
    panel.reveal();
    await withLateProgress(
      'Patching',
      session.parts.backend,
      inspection.ask({ ...texts, model: model.id, part: 'resid', align: 'equal' }),
      () => inspection.cancel(),
    );
  });
}

/** Brings the view back to what it showed before a reload. */
export async function resumePatch(session: Session, saved: PatchQuestion): Promise<void> {
  const { models, patch } = session.parts;
  const model = models.get(saved.model) ?? (await session.openModel(saved.model));
  if (model) await patch.inspection.ask({ ...saved, model: model.id });
}

/** Two selections of the text in front, the clean text first; else one is typed. Undefined where the person left. */
async function chooseTexts(): Promise<Texts | undefined> {
  const { activeTextEditor: editor, visibleTextEditors } = vscode.window;
  const shown = editor && isOrdinaryText(editor.document) ? editor : undefined;
  const front = shown ?? visibleTextEditors.find(({ document }) => isOrdinaryText(document));
  if (!front)
    throw hostFailure(
      'No text is open',
      'Open a text with two sentences that differ in little, and select both.',
    );
  const selected = front.selections
    .filter((selection) => !selection.isEmpty)
    .sort((one, other) => one.start.compareTo(other.start))
    .map((selection) => front.document.getText(selection));
  if (selected.length > 2)
    throw hostFailure(
      `${selected.length} texts are selected`,
      'Select two: the clean text, and the corrupted one.',
    );
  if (selected.length === 2) return { clean: selected[0], corrupted: selected[1] };
  const corrupted = selected.at(0) ?? front.document.lineAt(front.selection.active.line).text;
  if (corrupted.trim() === '')
    throw hostFailure('No text is selected', 'Select the corrupted text, or two texts, the clean one first.');
  const clean = await vscode.window.showInputBox({
    prompt: 'The clean text, whose values are put into the selected one',
    value: corrupted,
    validateInput: (text) =>
      text === '' || text === corrupted ? 'Change a word: the name, the place, the number.' : undefined,
  });
  return clean === undefined || clean === corrupted ? undefined : { clean, corrupted };
}
