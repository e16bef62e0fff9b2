// Lenses on small random models.
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { LensRows } from '../../src/backend/interpret/lens/lensReadout';
import type { LogitLens } from '../../src/backend/interpret/lens/logitLens';
import { Reading } from '../../src/backend/interpret/reading';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { dot, floatTensor } from './numbers';
import { randomIds } from './randomModel';

export const reference = new ReferenceExecutor();

export function reading(model: LanguageModel, length: number): Reading {
  return Reading.ofIds(model, randomIds(length, model.configuration.d_vocab));
}

export function columns(lens: LogitLens, start: number, end: number): Promise<LensRows> {
  return lens.columns({ start, end }, NOT_CANCELLED);
}

/** Logits of a stream [d_model] in plain loops; a layer before the unembedding is left to the model. */
export async function plainLogits(model: LanguageModel, stream: number[]): Promise<number[]> {
  const { d_model, d_vocab, norm, norm_epsilon, block, tied, head_transform } = model.configuration;
  if (head_transform) {
    const outputs = await model.readout(floatTensor([1, 1, d_model], stream), ['logits']);
    return Array.from(outputs.get('logits')!.data);
  }
  const weight = (name: string) => model.weight(name)?.data;
  let row = stream;
  if (block !== 'post-norm') {
    const mean = norm === 'layer' ? row.reduce((a, b) => a + b, 0) / d_model : 0;
    const centred = row.map((value) => value - mean);
    const scale = Math.sqrt(dot(centred, centred) / d_model + norm_epsilon);
    const [gain, offset] = [weight('ln_final.w')!, weight('ln_final.b')];
    row = centred.map((value, i) => (value / scale) * gain[i] + (offset?.[i] ?? 0));
  }
  return Array.from({ length: d_vocab }, (_, id) => {
    const column = row.map((__, i) =>
      tied ? weight('embed.W_E')![id * d_model + i] : weight('unembed.W_U')![i * d_vocab + id],
    );
    return dot(row, column) + (weight('unembed.b_U')?.[id] ?? 0);
  });
}
