// Texts kept with their activations, so that moving over neurons or hovering reads nothing again.
import type { Cancellation } from './cancellation';
import { type DocumentText, Inspection, type ReleasedView } from './inspection';
import type { Interventions } from './interpret/interventions/interventions';
import { Reading } from './interpret/reading';
import type { LanguageModel } from './model/languageModel';

/** The ones asked for last; under interventions and without them count as two. */
const MOST = 4;

export class KeptInspections {
  private readonly kept = new Map<string, Inspection>();

  /** @param interventions that apply, if any do */
  async of(
    { document, modelId, model }: { document: DocumentText; modelId: string; model: LanguageModel },
    interventions: Interventions | undefined,
    cancellation: Cancellation,
  ): Promise<Inspection> {
    const active = interventions?.active ?? 0;
    const key = keyOf(document.uri, modelId, active > 0);
    let inspection = this.kept.get(key);
    if (inspection?.text !== document.text) {
      this.kept.delete(key);
      const reading = Reading.ofText(model, document.text);
      const changes = active > 0 ? await interventions!.changesFor(reading, cancellation) : [];
      inspection = new Inspection(document.text, reading.under(changes), active);
    }
    this.kept.delete(key);
    this.kept.set(key, inspection);
    if (this.kept.size > MOST) this.kept.delete([...this.kept.keys()][0]);
    return inspection;
  }

  /** Gives back the memory that a view of a text takes, if it was read for it. */
  release(view: ReleasedView, uri: string, modelId: string): void {
    for (const changed of [false, true]) this.kept.get(keyOf(uri, modelId, changed))?.release(view);
  }

  /** Drops what was read by a model, or only what was read under interventions. */
  forget(modelId: string, { underInterventions: only = false } = {}): void {
    for (const key of [...this.kept.keys()]) {
      const [, model, underInterventions] = JSON.parse(key) as [string, string, boolean];
      if (model === modelId && (underInterventions || !only)) this.kept.delete(key);
    }
  }

  clear(): void {
    this.kept.clear();
  }
}

function keyOf(uri: string, modelId: string, changed: boolean): string {
  return JSON.stringify([uri, modelId, changed]);
}
