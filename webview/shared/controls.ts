// Every control that comes from the webview toolkit. The toolkit is no longer developed: its successor can take over
// here, and nowhere else.
import {
  Button,
  Dropdown,
  Option,
  TextField,
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { icon, make } from './elements';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());

export interface Choice {
  value: string;
  label: string;
  /** Tooltip of its entry, and of the dropdown while it is chosen. */
  tip?: string;
}

export interface DropdownControl {
  /** The label and the dropdown. */
  element: HTMLElement;
  setChoices(choices: readonly Choice[]): void;
  setValue(value: string): void;
  setEnabled(enabled: boolean): void;
}

/** A labelled dropdown. */
export function makeDropdown(label: string, onChoose: (value: string) => void): DropdownControl {
  const dropdown = new Dropdown();
  dropdown.setAttribute('aria-label', label);
  dropdown.addEventListener('change', () => onChoose(dropdown.value));
  let wanted = '';
  let shown = '';
  let known: readonly Choice[] = [];
  const showTip = (): void => {
    const tip = known.find(({ value }) => value === wanted)?.tip;
    // In a narrow view the label is hidden.
    dropdown.dataset['tip'] = tip === undefined ? label : `${label}: ${tip}`;
  };
  showTip();
  /** Whether the dropdown has yet to take the value that is wanted. */
  let isDue = false;
  const apply = (): void => {
    // What is chosen in an open list is the person's.
    if (!isDue || dropdown.open) return;
    if (dropdown.value !== wanted) dropdown.value = wanted;
    // It takes a value only once it has rendered the option of that name.
    isDue = dropdown.value !== wanted;
  };
  return {
    element: make('div', { class: 'labelled' }, make('span', { class: 'label', text: label }), dropdown),
    setChoices(choices) {
      const signature = JSON.stringify(choices);
      if (signature === shown) return;
      shown = signature;
      known = choices;
      isDue = true;
      dropdown.replaceChildren(...choices.map(makeOption));
      showTip();
      requestAnimationFrame(apply);
    },
    setValue(value) {
      if (value !== wanted) isDue = true;
      wanted = value;
      showTip();
      if (isDue) requestAnimationFrame(apply);
    },
    setEnabled: (enabled) => (dropdown.disabled = !enabled),
  };
}

function makeOption({ label, value, tip }: Choice): Option {
  const option = new Option();
  if (tip !== undefined) option.dataset['tip'] = tip;
  option.setAttribute('value', value);
  option.textContent = label;
  return option;
}

/** Whether a key was pressed in a field or a dropdown: the target is the toolkit's element itself. */
export function isInControl({ target }: Event): boolean {
  return target instanceof Element && target.matches('vscode-text-field, vscode-dropdown');
}

export interface FieldControl {
  element: HTMLElement;
  focus(): void;
  setValue(value: string): void;
  setEnabled(enabled: boolean): void;
}

/** A one-line text field with an icon at its start. */
export function makeField(options: {
  label: string;
  placeholder: string;
  icon: string;
  onInput: (value: string) => void;
}): FieldControl {
  const field = new TextField();
  field.placeholder = options.placeholder;
  // The field takes its label from its text, which the style sheet hides.
  field.textContent = options.label;
  const start = icon(options.icon);
  start.slot = 'start';
  field.append(start);
  field.addEventListener('input', () => options.onInput(field.value));
  return {
    element: field,
    focus: () => field.focus(),
    setValue: (value) => {
      if (field.value !== value) field.value = value;
    },
    setEnabled: (enabled) => (field.disabled = !enabled),
  };
}

export interface IconButtonControl {
  element: HTMLElement;
  set(icon: string, label: string): void;
  setEnabled(enabled: boolean): void;
}

/** A button that is an icon, with its label as tooltip. */
export function makeIconButton(name: string, label: string, onPress: () => void): IconButtonControl {
  const button = new Button();
  button.addEventListener('click', onPress);
  let shown = '';
  const set = (nextName: string, nextLabel: string): void => {
    // An icon that is exchanged between press and release would swallow the click.
    if (shown === `${nextName} ${nextLabel}`) return;
    shown = `${nextName} ${nextLabel}`;
    button.replaceChildren(icon(nextName));
    button.setAttribute('aria-label', nextLabel);
    button.dataset['tip'] = nextLabel;
  };
  set(name, label);
  // Only now, since an icon button without a label calls itself 'Icon Button'.
  button.appearance = 'icon';
  return { element: button, set, setEnabled: (enabled) => (button.disabled = !enabled) };
}

/** A button with a word on it. */
export function makeTextButton(label: string, tip: string, onPress: () => void): HTMLElement {
  const button = new Button();
  button.appearance = 'secondary';
  button.textContent = label;
  button.dataset['tip'] = tip;
  button.addEventListener('click', onPress);
  return button;
}
