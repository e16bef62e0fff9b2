// All changes at one activation as one: x ↦ x·scale + add. They are inputs of the compiled graph, so that other numbers
// compile nothing.
import type { TextChange } from '../../model/changes';
import type { PartPlace } from './parts';

/** Scale and shift of one activation, per unit (a neuron, a head) or for all of it, and per token where texts are patched. */
export class CombinedChange {
  private readonly scale: Float32Array;
  private readonly add: Float32Array;
  /** Of both: one that holds everywhere, or one for each token and one for what follows the text (`TextChange`). */
  private readonly rows: number;
  private readonly perToken: boolean;

  /** @param tokens of the text, where any change differs between them; undefined where all are the same at every token */
  constructor(
    private readonly place: PartPlace,
    tokens: number | undefined,
  ) {
    this.perToken = tokens !== undefined;
    this.rows = (tokens ?? 0) + 1;
    this.scale = new Float32Array(this.rows * place.units).fill(1);
    this.add = new Float32Array(this.rows * place.units * place.width);
  }

  /** The unit's values are multiplied by `factor`, what was added before too. */
  multiply(unit: number, factor: number): void {
    this.everyToken((token) => {
      this.scale[token * this.place.units + unit] *= factor;
      const row = this.added(token, unit);
      row.forEach((value, index) => (row[index] = value * factor));
    });
  }

  /** `factor · direction` is added to the unit's values, [width]. */
  shift(unit: number, direction: ArrayLike<number>, factor = 1): void {
    this.everyToken((token) => {
      const row = this.added(token, unit);
      row.forEach((value, index) => (row[index] = value + factor * direction[index]));
    });
  }

  /** The unit's values become these, [width], at one token or at all. */
  replace(unit: number, values: ArrayLike<number>, token?: number): void {
    const at = (row: number) => {
      this.scale[row * this.place.units + unit] = 0;
      this.added(row, unit).set(values);
    };
    if (token === undefined) this.everyToken(at);
    else at(token);
  }

  /** Always both, so that what is done to a part does not matter to the graph. */
  changes(): TextChange[] {
    const { place, perToken } = this;
    const { hook, units, width, axes } = place;
    const leading = perToken ? [this.rows] : [];
    // Neurons [d_mlp], heads [n_heads, 1] and [n_heads, d_head], everything else [1] and [d_model].
    const scaled = axes === 2 ? [units, 1] : [units];
    const added = axes === 2 ? [units, width] : [units * width];
    const value = (shape: number[], data: Float32Array) => ({
      type: 'float32' as const,
      shape: [...leading, ...shape],
      data,
    });
    return [
      { hook, kind: 'scale', value: value(scaled, this.scale), perToken },
      { hook, kind: 'add', value: value(added, this.add), perToken },
    ];
  }

  private added(token: number, unit: number): Float32Array {
    const { units, width } = this.place;
    const start = (token * units + unit) * width;
    return this.add.subarray(start, start + width);
  }

  private everyToken(visit: (token: number) => void): void {
    for (let token = 0; token < this.rows; token++) visit(token);
  }
}
