// The two tokens, the order of the rows, and the menu.
import {
  ATTRIBUTION_ORDERS,
  type AttributionChoice,
  type AttributionOrder,
} from '../../src/protocol/attributionView';
import type { TokenChoice } from '../../src/protocol/attribution';
import { makeDropdown, makeField } from '../shared/controls';
import { make } from '../shared/elements';
import { makeMenuButton, type MenuItem } from '../shared/menu';
import type { AttributionState } from './state';

const orders: Record<AttributionOrder, string> = {
  size: 'Largest effect',
  raises: 'Most raising',
  place: 'Layer and index',
};

export interface ToolbarActions {
  choose(choice: AttributionChoice): void;
  order(order: AttributionOrder): void;
  menu(): MenuItem[];
}

export interface Toolbar {
  element: HTMLElement;
  render(state: AttributionState): void;
  focusToken(): void;
}

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  let state: AttributionState | undefined;
  const typed = { token: '', against: '' };
  const field = (key: 'token' | 'against', label: string, placeholder: string, icon: string) => {
    const control = makeField({ label, placeholder, icon, onInput: (value) => (typed[key] = value) });
    control.element.dataset['tip'] = `${label}: its exact text, spaces included, then Enter`;
    control.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !state) return;
      event.preventDefault();
      // Only what was typed here changes: the place stays.
      const { position, offset } = state.choice;
      const [token, against] = [choiceOf(typed.token), choiceOf(typed.against)];
      actions.choose({ position, offset, token, against });
    });
    return control;
  };
  const token = field('token', 'Next token', 'Likeliest next (/)', 'target');
  const against = field('against', 'Minus the logit of', 'Minus…', 'diff-removed');
  const order = makeDropdown('Order', (value) => actions.order(value as AttributionOrder));
  order.setChoices(ATTRIBUTION_ORDERS.map((value) => ({ value, label: orders[value] })));
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Logit attribution' } },
    token.element,
    against.element,
    order.element,
    make('div', { class: 'toolbar-menu' }, makeMenuButton('More Actions…', actions.menu)),
  );
  return {
    element,
    focusToken: () => token.focus(),
    render(next) {
      // What a person is typing stays; what was chosen elsewhere is shown.
      if (next.choice !== state?.choice) {
        typed.token = textOf(next.choice.token);
        typed.against = textOf(next.choice.against);
        token.setValue(typed.token);
        against.setValue(typed.against);
      }
      state = next;
      order.setValue(next.order);
      for (const control of [token, against, order]) control.setEnabled(next.question !== undefined);
    },
  };
}

/** An id is written as `#7`, so that the text '7' can be meant too. */
function textOf(choice: TokenChoice | undefined): string {
  return typeof choice === 'number' ? `#${choice}` : (choice ?? '');
}

function choiceOf(text: string): TokenChoice | undefined {
  if (/^#\d+$/.test(text)) return Number(text.slice(1));
  return text === '' ? undefined : text;
}
