// A link that runs something: a button that looks like VS Code's links.
import { make } from './elements';

/** Makes a link that runs `onPress`. */
export function makeLink(label: string, onPress: () => void): HTMLElement {
  const link = make('button', { class: 'link', text: label, attributes: { type: 'button' } });
  link.addEventListener('click', onPress);
  return link;
}
