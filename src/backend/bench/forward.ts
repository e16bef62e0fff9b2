// A forward pass that keeps every activation.
import type { Executor, NamedTensors } from '../engine/executor';
import { giveBack } from '../engine/reusedMemory';
import { POSITIONS, TOKENS } from '../model/context';
import { hookNames } from '../model/hooks';
import { buildTransformer } from '../model/transformer';
import { readable } from './read';
import { configurationOf, forwardOperations, type ModelSize } from './sizes';
import { firstWeights, modelFacts, modelOf, randomTokens, shapesOf, type Prepare, type Work } from './task';

export const forward: Prepare<ModelSize> = async (executor, size) => {
  // Of each head alone TransformerLens makes it only when asked, and it is as large as everything else together.
  const hooks = hookNames(configurationOf(size)).filter((name) => !name.endsWith('attn.hook_result'));
  const names = [...hooks, 'logits'];
  const pass = executor.ownMemory
    ? await keptThere(executor, size, names)
    : await readBack(executor, size, names);
  return {
    detail: `${executor.detail}, ${names.length} activations`,
    operations: forwardOperations(size),
    tokens: size.batch * size.tokens,
    ...pass,
  };
};

type Pass = Pick<Work, 'facts' | 'run' | 'figures' | 'dispose'>;

/** As `LanguageModel` gives them to whoever asks. */
async function readBack(executor: Executor, size: ModelSize, names: readonly string[]): Promise<Pass> {
  const model = modelOf(executor, size);
  const texts = Array.from({ length: size.batch }, (_, text) =>
    randomTokens(size.tokens, size.vocabulary, text + 1),
  );
  const run = () => model.runWithCache(texts, names);
  const started = performance.now();
  const captures = shapesOf(await run());
  const first_milliseconds = performance.now() - started;
  return {
    facts: { ...modelFacts(size), captures },
    run: async () => giveBack(await run()),
    // Compiling included.
    figures: () => ({ first_milliseconds }),
    dispose: () => model.dispose(),
  };
}

/** All of them computed, and left where they are. */
async function keptThere(executor: Executor, size: ModelSize, names: readonly string[]): Promise<Pass> {
  const { batch, tokens, vocabulary } = size;
  const weights = firstWeights(size);
  const { graph, outputs } = buildTransformer(configurationOf(size), { captures: names });
  const executable = await executor.compile(graph, readable(executor, outputs), weights);
  const inputs: NamedTensors = new Map([
    [TOKENS, { type: 'int32', shape: [batch, tokens], data: randomTokens(batch * tokens, vocabulary) }],
    [POSITIONS, { type: 'int32', shape: [tokens], data: Int32Array.from({ length: tokens }, (_, at) => at) }],
  ]);
  return {
    facts: modelFacts(size),
    run: () => executable.run(inputs),
    dispose: () => {
      executable.dispose();
      executor.release(weights);
    },
  };
}
