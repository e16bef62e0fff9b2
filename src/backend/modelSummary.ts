// What the editor is told of an open model.
import type { ModelSummary } from '../protocol/types';
import type { LanguageModel } from './model/languageModel';
import { parameterCount } from './model/weights';
import { modelName } from './modelName';

/** @param id the path that it was opened by */
export function modelSummary(
  id: string,
  { checkpoint, configuration, executor }: LanguageModel,
): ModelSummary {
  return {
    id,
    name: modelName(id),
    architecture: checkpoint.architecture,
    parameters: parameterCount(configuration),
    layers: configuration.n_layers,
    heads: configuration.n_heads,
    neuronsPerLayer: configuration.d_mlp,
    context: configuration.n_ctx,
    engine: executor.engine,
    notes: checkpoint.notes,
  };
}
