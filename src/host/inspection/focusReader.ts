// Fetches what is shown of one neuron: its activations on the text, then what it writes. The latest wish wins, and
// what was fetched is kept for the version of the text, so that moving over rows does not flood the backend.
import type { NeuronActivations, NeuronId, NeuronWrites } from '../../protocol/types';
import type { Requester } from '../backend/requester';
import { toFailure } from '../backend/failure';
import type { Question } from './followedQuestion';
import { RecentMap } from './recent';

/** Neurons whose activations are kept: a screen or two of rows. */
const KEPT_ACTIVATIONS = 64;
/** Neurons whose output tokens are kept; they do not depend on the text. */
const KEPT_WRITES = 256;
/** Output tokens asked for at each end. */
const WRITES_COUNT = 10;

export interface FocusParts {
  activations?: NeuronActivations;
  writes?: NeuronWrites;
}

export class FocusReader {
  private readonly activations = new RecentMap<NeuronActivations>(KEPT_ACTIVATIONS);
  private readonly writes = new RecentMap<NeuronWrites>(KEPT_WRITES);
  private question: Question | undefined;
  private work: AbortController | undefined;
  private waiting = false;

  constructor(
    private readonly requester: Requester,
    private readonly version: (uri: string) => number | undefined,
    private readonly onArrived: () => void,
  ) {}

  /** Whether activations of the wanted neuron are on their way. */
  get pending(): boolean {
    return this.waiting;
  }

  /** A new answer to a question: activations of the version before are forgotten. */
  reset(question: Question | undefined): void {
    this.work?.abort();
    this.waiting = false;
    this.question = question;
    this.activations.clear();
  }

  /** What is known of a neuron. */
  read(id: NeuronId): FocusParts {
    const activations = this.activations.get(keyOf(id));
    const writes = this.question && this.writes.get(`${this.question.model} ${keyOf(id)}`);
    return { ...(activations && { activations }), ...(writes && { writes }) };
  }

  /** Fetches what is missing of a neuron, instead of what was being fetched. */
  want(id: NeuronId | undefined): void {
    this.work?.abort();
    this.waiting = false;
    if (!id || !this.question) return;
    const work = new AbortController();
    this.work = work;
    void this.fetch(id, this.question, work.signal);
  }

  private async fetch(id: NeuronId, question: Question, signal: AbortSignal): Promise<void> {
    const { uri, model } = question;
    const known = this.read(id);
    try {
      if (!known.activations) {
        this.waiting = true;
        const activations = await this.requester.request(
          'subtext/neuronActivations',
          { uri, model, id },
          signal,
        );
        if (signal.aborted) return;
        this.waiting = false;
        // Of another version: an edit came in between, and the text is about to be computed again.
        if (activations.source.version !== this.version(uri)) return;
        this.activations.set(keyOf(id), activations);
        this.onArrived();
      }
      if (!known.writes) {
        const writes = await this.requester.request(
          'subtext/neuronWrites',
          { model, id, count: WRITES_COUNT },
          signal,
        );
        if (signal.aborted) return;
        this.writes.set(`${model} ${keyOf(id)}`, writes);
        this.onArrived();
      }
    } catch (error) {
      if (signal.aborted || toFailure(error).cancelled) return;
      this.waiting = false;
      this.onArrived();
    }
  }
}

function keyOf({ layer, neuron }: NeuronId): string {
  return `${layer}/${neuron}`;
}
