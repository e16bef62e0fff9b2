// A list of interventions for one model: what each does, and the changes that they are together while a text is read.
import type { Direction, Intervention, InterventionState } from '../../../protocol/interventions';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import type { TextChange } from '../../model/changes';
import type { LanguageModel } from '../../model/languageModel';
import { alignTokens } from '../alignment';
import type { Reading } from '../reading';
import type { BaseValues } from './baseValues';
import { CombinedChange } from './combine';
import { placeOf, type PartPlace } from './parts';
import { wordsFor } from './words';
import { checkInterventions } from './schema';

interface Placed {
  entry: Intervention;
  place: PartPlace;
}

export class Interventions {
  /** One for each entry, in order. */
  readonly states: InterventionState[];
  private readonly placed: Placed[] = [];

  /**
   * @param values of the model without interventions; kept by the caller, so that another list finds them
   * @throws SubtextError `interventions` for a list that no model can have; what this model lacks is in `states`
   */
  constructor(
    private readonly model: LanguageModel,
    list: readonly Intervention[],
    private readonly values: BaseValues,
  ) {
    this.states = checkInterventions(list).map((entry) => {
      const { id } = entry;
      try {
        this.placed.push({ entry, place: this.place(entry) });
        return { id, does: wordsFor(entry) };
      } catch (error) {
        if (error instanceof SubtextError) return { id, problem: error.line };
        throw error;
      }
    });
  }

  /** How many are on and can be applied. */
  get active(): number {
    return this.placed.filter(({ entry }) => entry.on).length;
  }

  /**
   * What they do while a text is read: one scale and one add for each activation that any of them changes, in the order of
   * the list; nothing when none is on. Those that are off keep their place as long as another is on: switching one then
   * takes no other graph, and multiplying by one and adding zero changes nothing.
   * @throws SubtextError `interventions`, `alignment`, and what reading the texts of entries throws
   */
  async changesFor(reading: Reading, cancellation: Cancellation): Promise<TextChange[]> {
    if (this.active === 0) return [];
    const changes: TextChange[] = [];
    for (const hook of new Set(this.placed.map(({ place }) => place.hook))) {
      const here = this.placed.filter(({ place }) => place.hook === hook);
      const patches = here.some(({ entry }) => entry.change.kind === 'patch');
      const combined = new CombinedChange(here[0].place, patches ? reading.tokens.length : undefined);
      for (const each of here) if (each.entry.on) await this.apply(each, combined, reading, cancellation);
      changes.push(...combined.changes());
    }
    return changes;
  }

  private async apply(
    { entry: { part, change }, place }: Placed,
    combined: CombinedChange,
    reading: Reading,
    cancellation: Cancellation,
  ): Promise<void> {
    const { hook, unit, width } = place;
    switch (change.kind) {
      case 'scale':
        combined.multiply(unit, change.factor);
        return;
      case 'ablate': {
        const zeros = new Float32Array(width);
        const mean = () => this.values.meanOver(reading, hook, cancellation);
        combined.replace(unit, change.to === 'zero' ? zeros : unitOf(await mean(), place));
        return;
      }
      case 'steer': {
        const along = change.direction && (await this.direction(change.direction, place, cancellation));
        combined.shift(unit, along ?? [1], change.factor);
        return;
      }
      case 'patch': {
        const { tokens, rows } = await this.values.rowsOf(change.text, hook, cancellation);
        const { sources } = aligned(part, () => alignTokens(tokens, reading.tokens, change.align));
        const perToken = place.units * width;
        for (const [target, source] of sources.entries()) {
          if (source < 0) continue;
          const row = rows.subarray(source * perToken, (source + 1) * perToken);
          combined.replace(unit, unitOf(row, place), target);
        }
      }
    }
  }

  private async direction(
    direction: Direction,
    { hook }: PartPlace,
    cancellation: Cancellation,
  ): Promise<Float32Array> {
    switch (direction.kind) {
      case 'numbers':
        return Float32Array.from(direction.values);
      case 'neuron':
        return outputWeights(this.model, direction.neuron);
      case 'difference': {
        const towards = await this.values.meanOfPassage(direction.towards, hook, cancellation);
        const from = await this.values.meanOfPassage(direction.from, hook, cancellation);
        return towards.map((value, index) => value - from[index]);
      }
    }
  }

  /** @throws SubtextError `interventions` for what the model does not have */
  private place({ part, change }: Intervention): PartPlace {
    const { configuration } = this.model;
    const place = placeOf(configuration, part);
    const direction = change.kind === 'steer' ? change.direction : undefined;
    if (direction?.kind === 'neuron') placeOf(configuration, direction.neuron);
    if (direction?.kind === 'numbers' && direction.values.length !== place.width) {
      throw new SubtextError(
        'interventions',
        `The direction for ${part} has ${direction.values.length} numbers and the model's residual stream ${place.width}`,
        'Take one that was made with this model.',
      );
    }
    return place;
  }
}

/** The row of W_out that a neuron writes with, [d_model]. */
function outputWeights(model: LanguageModel, neuron: string): Float32Array {
  const { d_model } = model.configuration;
  const { hook, unit } = placeOf(model.configuration, neuron);
  const weights = model.weight(hook.replace('hook_post', 'W_out'))!.data as Float32Array;
  return weights.slice(unit * d_model, (unit + 1) * d_model);
}

/** A part's own values in those of its activation, [units, width]. */
function unitOf(values: Float32Array, { unit, width }: PartPlace): Float32Array {
  return values.subarray(unit * width, (unit + 1) * width);
}

/** An alignment that fails says which entry it was for. */
function aligned<Result>(part: string, align: () => Result): Result {
  try {
    return align();
  } catch (error) {
    if (!(error instanceof SubtextError)) throw error;
    throw new SubtextError(error.reason, `The patch of ${part}: ${error.message}`, error.remedy);
  }
}
