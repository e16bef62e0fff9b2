// The same model in the test's own process: it says what VS Code has to show.
import assert from 'node:assert/strict';
import type { QuestionName, Questions } from '../../../src/backend/answers/answers';
import { NOT_CANCELLED } from '../../../src/backend/cancellation';
import { Workbench as Backend } from '../../../src/backend/workbench';
import type { LensTable } from '../../../src/protocol/lens';
import type { NeuronActivations, NeuronId } from '../../../src/protocol/types';

/** What has to be shown for one neuron on one text. */
export interface ExpectedNeuron {
  name: string;
  /** How many tokens the panel counts. */
  tokens: number;
  activations: NeuronActivations;
}

export class Twin {
  private version = 0;

  private constructor(
    private readonly backend: Backend,
    private readonly model: string,
  ) {}

  /** @param path the checkpoint that VS Code opens; on the engine and the threads that it takes by default */
  static async open(path: string): Promise<Twin> {
    const backend = new Backend({ engine: 'auto', threads: 0 });
    const { id } = await backend.openModel(path, NOT_CANCELLED);
    return new Twin(backend, id);
  }

  /** The neuron of the largest activation on a text. */
  async topNeuron(text: string): Promise<NeuronId> {
    const { maximum, neuronsPerLayer } = await this.table(text);
    const row = maximum.indexOf(Math.max(...maximum));
    return { layer: Math.floor(row / neuronsPerLayer), neuron: row % neuronsPerLayer };
  }

  async neuron(id: NeuronId, text: string): Promise<ExpectedNeuron> {
    const { tokens } = await this.table(text);
    const activations = await this.ask('subtext/neuronActivations', text, { id });
    return { name: `L${id.layer} N${id.neuron}`, tokens: tokens.ids.length, activations };
  }

  /** What the model says of the token at an offset and of the five that may follow it. */
  async prediction(text: string, offset: number) {
    const found = await this.ask('predictionsAt', text, { offset, top: 5 });
    assert.equal(found.length, 1, 'several tokens share the character');
    return found[0];
  }

  /** The whole text's logit lens. */
  lens(text: string): Promise<LensTable> {
    return this.ask('subtext/lens', text, {});
  }

  close(): void {
    this.backend.dispose();
  }

  private table(text: string) {
    return this.ask('subtext/rankNeurons', text, {});
  }

  private ask<Name extends QuestionName>(name: Name, text: string, given: Questions[Name]['parameters']) {
    const document = { uri: 'test:text', version: ++this.version, text };
    return this.backend.ask(name, document, this.model, given, NOT_CANCELLED);
  }
}
