// A small button that stays pressed, as the options of VS Code's find widget do. The toolkit has none.
import { make } from './elements';

export interface Toggle {
  element: HTMLElement;
  set(pressed: boolean): void;
}

/** Makes a toggle with a short text; `tip` says what it does. */
export function makeToggle(text: string, tip: string, onToggle: (pressed: boolean) => void): Toggle {
  const element = make('button', { class: 'toggle', text, tip, attributes: { type: 'button' } });
  const set = (pressed: boolean): void => void (element.ariaPressed = String(pressed));
  element.addEventListener('click', () => onToggle(element.ariaPressed !== 'true'));
  set(false);
  return { element, set };
}
