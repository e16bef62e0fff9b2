// The neurons that are inspected: their table on a document, and the one in focus. The one owner of this state; panel,
// painter, code lens, hover and status bar listen to it.
import type { NeuronFocus } from '../../protocol/views';
import type { NeuronId, NeuronTable } from '../../protocol/types';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';
import { FocusReader } from './focusReader';
import { type DocumentFacts, FollowedQuestion, isSameText, type Question } from './followedQuestion';
import { HeldText } from './heldText';

export interface InspectionPorts {
  requester: Requester;
  document(uri: string): DocumentFacts | undefined;
  /** Milliseconds without typing after which an edited text is computed again. */
  delay(): number;
}

/** Which part of the state changed. */
export type InspectionPart = 'status' | 'table' | 'focus';

export class NeuronInspection extends FollowedQuestion<NeuronTable> {
  private readonly changed = new Emitter<InspectionPart>();
  readonly onDidChange = this.changed.event;

  private lockedId: NeuronId | undefined;
  private previewedId: NeuronId | undefined;
  private readonly reader: FocusReader;
  private readonly held: HeldText;

  constructor({ requester, document, delay }: InspectionPorts) {
    super({
      ask: (question, signal) => requester.request('subtext/rankNeurons', question, signal),
      document,
      delay,
    });
    this.held = new HeldText(requester, 'subtext/releaseNeurons');
    this.reader = new FocusReader(
      requester,
      (uri) => document(uri)?.version,
      () => {
        this.changed.fire('focus');
      },
    );
    this.onDidChangeAnswer(() => {
      this.takeTable();
      this.changed.fire('table');
    });
    this.onDidChangePhase(() => {
      this.changed.fire('status');
      // What is painted goes by the phase too.
      this.changed.fire('focus');
    });
  }

  /** The last table; of an older version of the text while `phase` is 'loading'. */
  get table(): NeuronTable | undefined {
    return this.answer;
  }

  get locked(): NeuronId | undefined {
    return this.lockedId;
  }

  /** The previewed neuron, else the locked one, with what is known of it so far. */
  get focus(): NeuronFocus | undefined {
    const id = this.previewedId ?? this.lockedId;
    if (!id) return undefined;
    return { id, locked: sameNeuron(id, this.lockedId), ...this.reader.read(id) };
  }

  /** True while activations of the neuron in focus are on their way: what is painted may stay until then. */
  get focusPending(): boolean {
    return this.phase === 'loading' || this.reader.pending;
  }

  override async ask(question: Question): Promise<void> {
    if (!isSameText(question, this.question)) this.forgetFocus();
    await super.ask(question);
  }

  /** Shows a neuron for as long as the pointer is on it; null when it left. */
  preview(id: NeuronId | null): void {
    const next = id && this.exists(id) ? id : undefined;
    if (sameNeuron(next, this.previewedId)) return;
    this.previewedId = next;
    this.readFocus();
  }

  lock(id: NeuronId): void {
    if (!this.exists(id)) return;
    this.countChoice();
    this.lockedId = id;
    this.previewedId = undefined;
    this.readFocus();
  }

  unlock(): void {
    this.lockedId = undefined;
    this.readFocus();
  }

  /** Neither locked nor previewed. */
  clearFocus(): void {
    this.forgetFocus();
    this.readFocus();
  }

  override dispose(): void {
    super.dispose();
    this.reader.reset(undefined);
    this.changed.dispose();
  }

  private takeTable(): void {
    this.held.hold(this.table && this.question);
    // Of an empty text the lock stays: there may be text again.
    if (!this.question) this.forgetFocus();
    if (this.table) {
      if (this.lockedId && !this.exists(this.lockedId)) this.lockedId = undefined;
      if (this.previewedId && !this.exists(this.previewedId)) this.previewedId = undefined;
    }
    this.reader.reset(this.table && this.question);
    if (this.table) this.reader.want(this.previewedId ?? this.lockedId);
  }

  private readFocus(): void {
    this.reader.want(this.previewedId ?? this.lockedId);
    this.changed.fire('focus');
  }

  private forgetFocus(): void {
    this.lockedId = undefined;
    this.previewedId = undefined;
  }

  private exists({ layer, neuron }: NeuronId): boolean {
    const { table } = this;
    return table !== undefined && layer < table.layers && neuron < table.neuronsPerLayer;
  }
}

function sameNeuron(one: NeuronId | undefined, other: NeuronId | undefined): boolean {
  return one?.layer === other?.layer && one?.neuron === other?.neuron;
}
