// A model whose activations are made up: they are fed to its graphs, so that whatever goes on from them is the real thing.
import type { NamedTensors } from '../../src/backend/engine/executor';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { LanguageModel, type Ending, type HookedValue } from '../../src/backend/model/languageModel';

/** The activation of that name for a run over these ids; undefined for one that is not made up. */
export type MadeUpActivation = (hook: string, ids: ArrayLike<number>) => TensorData | undefined;

export class FedModel extends LanguageModel {
  /** Bytes that each run gave. */
  readonly bytes: number[] = [];
  madeUp: MadeUpActivation = () => undefined;

  override async runWithHooks(
    texts: readonly ArrayLike<number>[],
    names: readonly string[],
    hooked: readonly HookedValue[] = [],
  ): Promise<NamedTensors> {
    return this.weighed(await super.runWithHooks(texts, names, [...hooked, ...this.fed(names, texts[0])]));
  }

  override async runWithEnding(
    ids: ArrayLike<number>,
    ending: Ending,
    hooked: readonly HookedValue[] = [],
    inputs?: NamedTensors,
  ): Promise<NamedTensors> {
    const fed = this.fed(ending.of ?? [], ids);
    return this.weighed(await super.runWithEnding(ids, ending, [...hooked, ...fed], inputs));
  }

  private fed(names: readonly string[], ids: ArrayLike<number>): HookedValue[] {
    return names.flatMap((hook): HookedValue[] => {
      const value = this.madeUp(hook, ids);
      if (!value) return [];
      // By name, so that texts of any length take one graph.
      const inner = hook.endsWith('hook_pattern') ? [value.shape[1], 'pos', 'pos'] : ['pos', value.shape[2]];
      return [{ hook, kind: 'feed', value, axes: ['batch', ...inner] }];
    });
  }

  private weighed(found: NamedTensors): NamedTensors {
    this.bytes.push([...found.values()].reduce((sum, { data }) => sum + data.byteLength, 0));
    return found;
  }
}
