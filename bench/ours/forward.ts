// A forward pass that keeps every activation: `LanguageModel.runWithCache`.
import { hookNames } from '../../src/backend/model/hooks';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { randomCheckpoint, randomIds } from '../../test/support/randomModel';
import { configurationOf, type ModelSize } from '../sizes';
import { modelFacts, shapesOf, startedExecutor, type OwnTask } from './task';

export async function forward(size: ModelSize): Promise<OwnTask> {
  const executor = await startedExecutor();
  const configuration = configurationOf(size);
  const model = new LanguageModel(randomCheckpoint(configuration), executor);
  // Of each head alone TransformerLens makes it only when asked, and it is as large as everything else together.
  const names = [...hookNames(configuration).filter((name) => !name.endsWith('attn.hook_result')), 'logits'];
  const texts = Array.from({ length: size.batch }, (_, text) =>
    randomIds(size.tokens, size.vocabulary, text + 1),
  );
  const run = () => model.runWithCache(texts, names);
  return {
    detail: `${executor.detail}, ${names.length} activations`,
    facts: { ...modelFacts(size), captures: shapesOf(await run()) },
    run,
  };
}
