// What an intervention does, in words for a list.
import type { Direction, Intervention } from '../../../protocol/interventions';

export function wordsFor({ part, change }: Intervention): string {
  switch (change.kind) {
    case 'ablate':
      return change.to === 'zero' ? `${part} becomes zero` : `${part} becomes its mean over the text`;
    case 'scale':
      return `${part} is multiplied by ${change.factor}`;
    case 'steer':
      return change.direction
        ? `${change.factor} × ${directionWords(change.direction)} is added to ${part}`
        : `${change.factor} is added to the activation of ${part}`;
    case 'patch':
      return `${part} takes its values from the text ${quoted(change.text)}`;
  }
}

function directionWords(direction: Direction): string {
  switch (direction.kind) {
    case 'neuron':
      return `the output weights of ${direction.neuron}`;
    case 'difference':
      return `(mean over ${quoted(direction.towards.text)} − mean over ${quoted(direction.from.text)})`;
    case 'numbers':
      return direction.name ?? 'a given direction';
  }
}

/** The start of a text on one line. */
function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `“${line.length > 40 ? `${line.slice(0, 39)}…` : line}”`;
}
