// The filter over a list: Esc empties it, and the keys that end the typing go back to the list.
import { makeField, type FieldControl } from './controls';

export interface FilterFieldOptions {
  label: string;
  onInput: (filter: string) => void;
  /** Esc in the empty filter, or Enter or arrow down in it. */
  leave: () => void;
}

/** Makes the filter. */
export function makeFilterField({ label, onInput, leave }: FilterFieldOptions): FieldControl {
  const field = makeField({ label, placeholder: 'Filter (/)', icon: 'filter', onInput });
  let text = '';
  field.element.classList.add('filter');
  field.element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && text !== '') onInput('');
    else if (['Escape', 'Enter', 'ArrowDown'].includes(event.key)) leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    ...field,
    setValue(value) {
      text = value;
      field.setValue(value);
    },
  };
}
