// A reading whose attention patterns are made up, and what they are in the terms of the whole text.
import assert from 'node:assert/strict';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { spanOf } from '../../src/backend/interpret/attention/windows';
import type { Reading, TextWindow } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { seededNormal } from '../../src/backend/random';
import type { Tokenizer } from '../../src/backend/tokenizer/tokenizer';
import { floatTensor } from './numbers';
import { configurationWith, randomCheckpoint } from './randomModel';

/** Attention before rows are made to sum to one; positions of a window. */
export type Weight = (layer: number, head: number, destination: number, source: number) => number;

/** Different for each cell, strong on few, the same each time. */
export const UNEVEN: Weight = (layer, head, destination, source) =>
  Math.exp(2 * seededNormal(1e6 * layer + 1e5 * head + 300 * destination + source)());

export class MadeUpModel extends LanguageModel {
  /** Names that each run was asked for. */
  readonly runs: string[][] = [];

  constructor(
    changes: Partial<TransformerConfiguration>,
    private readonly made: Weight,
    tokenizer?: Tokenizer,
  ) {
    super(randomCheckpoint(configurationWith(changes), 1, tokenizer), new ReferenceExecutor());
  }

  override runWithHooks(
    texts: readonly ArrayLike<number>[],
    names: readonly string[],
    ...rest: [Parameters<LanguageModel['runWithHooks']>[2]]
  ): Promise<NamedTensors> {
    this.runs.push([...names]);
    if (!names.every((name) => name.endsWith('hook_pattern')))
      return super.runWithHooks(texts, names, ...rest);
    const keys = texts[0].length;
    const { n_heads } = this.configuration;
    const values = (name: string) => {
      const layer = Number(name.split('.')[1]);
      return Array.from({ length: n_heads }, (_, head) => this.pattern(layer, head, keys)).flat(2);
    };
    return Promise.resolve(
      new Map(names.map((name) => [name, floatTensor([1, n_heads, keys, keys], values(name))])),
    );
  }

  /** [destination][source] of a window of so many tokens. */
  pattern(layer: number, head: number, keys: number): number[][] {
    return Array.from({ length: keys }, (_, destination) => {
      const row = Array.from({ length: keys }, (_, source) =>
        this.sees(layer, head, destination, source) ? this.made(layer, head, destination, source) : 0,
      );
      const total = row.reduce((a, b) => a + b, 0);
      return row.map((value) => Math.fround(value / total));
    });
  }

  sees(layer: number, head: number, destination: number, source: number): boolean {
    const { causal } = this.configuration;
    return (
      (!causal || source <= destination) && destination - source < spanOf(this.configuration, layer, head)
    );
  }
}

/** A destination of the text with all sources that it sees. */
export interface Row {
  token: number;
  sources: { token: number; position: number; value: number }[];
  position: number;
  window: TextWindow;
}

/** A head's pattern by the tokens of the text. */
export function rowsOf(reading: Reading, layer: number, head: number): Row[] {
  const { model } = reading;
  assert.ok(model instanceof MadeUpModel);
  const begins = reading.firstTextToken === 1;
  return reading.windows.flatMap((window, index) => {
    const pattern = model.pattern(layer, head, window.ids.length);
    return Array.from({ length: window.keepEnd - window.keepStart }, (_, r) => {
      const position = window.keepRow + r;
      const sources = pattern[position].flatMap((value, source) => {
        if (!model.sees(layer, head, position, source)) return [];
        const isBegin = index > 0 && begins && source === 0;
        const token = isBegin ? 0 : window.keepStart - window.keepRow + source;
        return [{ token, position: source, value }];
      });
      return { token: window.keepStart + r, position, sources, window };
    });
  });
}
