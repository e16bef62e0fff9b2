// The activations of the neuron in focus, as what is painted over the text.
import type { Event } from '../emitter';
import type { NeuronInspection } from '../inspection/neuronInspection';
import { neuronName } from '../names';
import { short, shortAndExact } from '../numbers';
import type { Highlight, TextValues } from './highlight';

export class NeuronHighlight implements Highlight {
  readonly onDidChange: Event<unknown>;

  constructor(private readonly inspection: NeuronInspection) {
    this.onDidChange = inspection.onDidChange;
  }

  get subject(): string | undefined {
    const { focus, choices } = this.inspection;
    return focus && `${neuronName(focus.id)} ${choices}`;
  }

  get values(): TextValues | undefined {
    return this.inspection.focus?.activations;
  }

  get pending(): boolean {
    return this.inspection.focusPending;
  }

  /** Previews have none: the text would jump each time that the pointer comes to the list or leaves it. */
  get line(): Highlight['line'] {
    const { locked, table, question } = this.inspection;
    if (!locked || !table || !question) return undefined;
    const maximum = table.maximum[locked.layer * table.neuronsPerLayer + locked.neuron];
    return { uri: question.uri, title: `${neuronName(locked)} · max ${short(maximum)} · Esc clears` };
  }

  describe(token: number): string {
    const { id, starts, ends, values } = this.inspection.focus!.activations!;
    // The other tokens of a character that was cut into several.
    const parts: number[] = [];
    for (let next = token + 1; next < values.length && starts[next] === ends[next]; next++) {
      parts.push(values[next]);
    }
    const others = parts.length > 0 ? `, its other parts ${parts.map(short).join(', ')}` : '';
    return `${neuronName(id)} = ${shortAndExact(values[token])}${others}`;
  }

  clear(): void {
    this.inspection.clearFocus();
  }
}
