// What is patched, whose prediction is measured, and the menu.
import { PATCHED_PARTS, type PatchedPart } from '../../src/protocol/patching';
import type { PatchChange } from '../../src/protocol/patchView';
import { makeDropdown, makeField, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { makeMenuButton, type MenuItem } from '../shared/menu';
import type { PatchState } from './state';
import { parts } from './words';

export interface ToolbarActions {
  change(change: PatchChange): void;
  exchange(): void;
  menu(): MenuItem[];
}

export interface Toolbar {
  element: HTMLElement;
  render(state: PatchState): void;
  focusAnswer(): void;
}

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  const typed = { answer: '', wrong: '' };
  let shown: PatchState['question'];
  const part = makeDropdown('Patch', (value) => actions.change({ part: value as PatchedPart }));
  part.setChoices(PATCHED_PARTS.map((value) => ({ value, label: parts[value] })));
  const field = (key: 'answer' | 'wrong', label: string, placeholder: string, icon: string) => {
    const control = makeField({ label, placeholder, icon, onInput: (value) => (typed[key] = value) });
    control.element.dataset['tip'] = `${label}: its exact text, spaces included, then Enter`;
    control.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      actions.change({ answer: typed.answer || undefined, wrong: typed.wrong || undefined });
    });
    return control;
  };
  const answer = field('answer', 'Next token after the clean text', 'Likeliest next (/)', 'target');
  const wrong = field('wrong', 'Next token after the corrupted text', 'Minus…', 'diff-removed');
  const exchange = makeIconButton('arrow-swap', 'Exchange the Two Texts', actions.exchange);
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Activation patching' } },
    part.element,
    answer.element,
    wrong.element,
    exchange.element,
    make('div', { class: 'toolbar-menu' }, makeMenuButton('More Actions…', actions.menu)),
  );
  return {
    element,
    focusAnswer: () => answer.focus(),
    render({ question }) {
      // What a person is typing stays; what was asked is shown.
      if (question && JSON.stringify(question) !== JSON.stringify(shown)) {
        typed.answer = String(question.answer ?? '');
        typed.wrong = String(question.wrong ?? '');
        answer.setValue(typed.answer);
        wrong.setValue(typed.wrong);
        part.setValue(question.part);
      }
      shown = question;
      element.hidden = question === undefined;
    },
  };
}
