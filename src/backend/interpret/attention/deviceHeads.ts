// All heads of a model on one text where the patterns stay in the engine's own memory: every question is another run, of
// which only the answer is read.
import type { TileQuestion, HeadId } from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import type { NamedTensors } from '../../engine/executor';
import type { TensorData } from '../../engine/graph/graph';
import type { Ending } from '../../model/languageModel';
import { integers, numbers } from '../onDevice';
import type { Reading } from '../reading';
import type { HeadPictures } from './headPictures';
import type { BlockFrame, HeadStatistics } from './headStatistics';
import { distances, filledUp, flags, HEAD_INPUTS, normsInput, targetCells, targetInput } from './headInputs';
import {
  betweenEnding,
  DIRECTIONS,
  headEnding,
  headOutput,
  positionEnding,
  rowsEnding,
  searchEnding,
  tileEnding,
  type HeadPart,
} from './headSummary';
import type { Targets } from './targets';
import type { PatternWindow } from './windows';

/** What a search asks of each destination, by `position · heads + head`. */
export type SearchRows = Record<'mass' | 'outside' | 'squares', Float32Array>;

/** What goes to the cells of one direction between two phrases, by `position · heads + head`. */
export type DirectionRows = Record<'attention' | 'weighted', Float32Array>;

export class DeviceHeads {
  /** Names of endings whose graphs may be compiled. */
  private readonly compiled = new Set<string>();

  constructor(private readonly reading: Reading) {}

  release(): void {
    this.reading.model.releaseGraphs(this.compiled);
    this.compiled.clear();
  }

  /** Adds all layers in all windows to statistics and pictures. */
  async addTo(
    statistics: HeadStatistics,
    pictures: HeadPictures,
    windows: readonly PatternWindow[],
    frameOf: (window: PatternWindow) => Omit<BlockFrame, 'spans'>,
    spans: readonly (readonly number[])[],
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<void> {
    const { configuration } = this.reading.model;
    const frames = new Map(windows.map((window) => [window, frameOf(window)]));
    const lists = new Map(windows.map((window) => [window, pictures.lists(window)]));
    const inputs = (window: PatternWindow): NamedTensors => {
      const { lines, cells } = lists.get(window)!;
      return new Map([
        ...flags(window, false),
        ...distances(window.keys, configuration.causal),
        [HEAD_INPUTS.lines, filledUp([...lines.values()])],
        [HEAD_INPUTS.cells, filledUp([...cells.values()])],
        ...frames
          .get(window)!
          .targets.map((targets, which): [string, TensorData] => [
            targetInput(which),
            targetCells(window, targets),
          ]),
      ]);
    };
    await this.run(
      headEnding(configuration),
      windows,
      inputs,
      (window, found) => {
        const { lines, cells } = lists.get(window)!;
        const keys = { lines: [...lines.keys()], cells: [...cells.keys()] };
        for (let layer = 0; layer < configuration.n_layers; layer++) {
          const part = (name: HeadPart) => numbers(found, headOutput(layer, name));
          statistics.addSummary(window, layer, part, { ...frames.get(window)!, spans: spans[layer] });
          pictures.addSummary(layer, keys, part('picture'));
        }
      },
      cancellation,
      progress,
    );
  }

  /** Rows of a pattern search, for each layer in each window. */
  async search(
    windows: readonly PatternWindow[],
    targets: (window: PatternWindow) => Targets,
    withSink: boolean,
    visit: (window: PatternWindow, layer: number, rows: SearchRows) => void,
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<void> {
    const { configuration } = this.reading.model;
    await this.run(
      searchEnding(configuration, withSink),
      windows,
      (window) =>
        new Map([...flags(window, withSink), [targetInput(0), targetCells(window, targets(window))]]),
      (window, found) => {
        for (let layer = 0; layer < configuration.n_layers; layer++) {
          const part = (name: keyof SearchRows) => numbers(found, headOutput(layer, name));
          visit(window, layer, { mass: part('mass'), outside: part('outside'), squares: part('squares') });
        }
      },
      cancellation,
      progress,
    );
  }

  /**
   * What goes to the cells of two target patterns in a window, for each layer.
   * @param norms by layer, [heads, keys]: what attention is weighted by
   */
  async between(
    window: PatternWindow,
    targets: readonly Targets[],
    norms: readonly Float32Array[],
    visit: (layer: number, directions: DirectionRows[]) => void,
    cancellation: Cancellation,
  ): Promise<void> {
    const { configuration } = this.reading.model;
    const { n_layers, n_heads } = configuration;
    const inputs: NamedTensors = new Map([
      ...targets.map((each, which): [string, TensorData] => [targetInput(which), targetCells(window, each)]),
      ...norms.map((data, layer): [string, TensorData] => [
        normsInput(layer),
        { type: 'float32', shape: [n_heads, window.keys], data },
      ]),
    ]);
    const found = await this.ask(betweenEnding(configuration), window, inputs, cancellation);
    for (let layer = 0; layer < n_layers; layer++) {
      const part = (name: string) => numbers(found, headOutput(layer, name));
      visit(
        layer,
        DIRECTIONS.map(({ attention, weighted }) => ({
          attention: part(attention),
          weighted: part(weighted),
        })),
      );
    }
  }

  /** A head's pattern for the destinations that a window owns, [rows, keys]. */
  async rows(
    { layer, head }: HeadId,
    window: PatternWindow,
    cancellation: Cancellation,
  ): Promise<Float32Array> {
    const { configuration } = this.reading.model;
    const positions = Int32Array.from({ length: window.rows }, (_, row) => window.firstRow + row);
    const inputs: NamedTensors = new Map([
      [HEAD_INPUTS.head, integers([1], Int32Array.of(head))],
      [HEAD_INPUTS.rows, integers([window.rows], positions)],
    ]);
    return numbers(await this.ask(rowsEnding(configuration, layer), window, inputs, cancellation), 'rows');
  }

  /**
   * The cells of a tile that fall into a window.
   * @param lines and `cells`: the window's positions by row and column of the tile
   * @param weights [keys]
   * @returns [cell, line], and the largest number that is shown of the window
   */
  async tile(
    { layer, head, hideSink }: TileQuestion,
    window: PatternWindow,
    { lines, cells }: Record<'lines' | 'cells', readonly (readonly number[])[]>,
    weights: Float32Array,
    cancellation: Cancellation,
  ): Promise<{ picture: Float32Array; maximum: number }> {
    const { configuration } = this.reading.model;
    const inputs: NamedTensors = new Map([
      ...flags(window, true),
      [HEAD_INPUTS.head, integers([1], Int32Array.of(head))],
      [HEAD_INPUTS.weights, { type: 'float32', shape: [window.keys], data: weights }],
      [HEAD_INPUTS.lines, filledUp(lines)],
      [HEAD_INPUTS.cells, filledUp(cells)],
    ]);
    const found = await this.ask(tileEnding(configuration, layer, hideSink), window, inputs, cancellation);
    return { picture: numbers(found, 'picture'), maximum: numbers(found, 'maximum')[0] };
  }

  /** What a position attends to, and what attends to it, [keys] each. */
  async position(
    { layer, head }: HeadId,
    window: PatternWindow,
    position: number,
    cancellation: Cancellation,
  ): Promise<Record<'row' | 'column', Float32Array>> {
    const inputs: NamedTensors = new Map([
      [HEAD_INPUTS.head, integers([1], Int32Array.of(head))],
      [HEAD_INPUTS.position, integers([1], Int32Array.of(position))],
    ]);
    const { configuration } = this.reading.model;
    const found = await this.ask(positionEnding(configuration, layer), window, inputs, cancellation);
    return { row: numbers(found, 'row'), column: numbers(found, 'column') };
  }

  private async ask(
    ending: Ending,
    window: PatternWindow,
    inputs: NamedTensors,
    cancellation: Cancellation,
  ): Promise<NamedTensors> {
    let answer: NamedTensors = new Map();
    await this.run(
      ending,
      [window],
      () => inputs,
      (_, found) => (answer = found),
      cancellation,
    );
    return answer;
  }

  private async run(
    ending: Ending,
    windows: readonly PatternWindow[],
    inputs: (window: PatternWindow) => NamedTensors,
    visit: (window: PatternWindow, found: NamedTensors) => void,
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<void> {
    this.compiled.add(ending.name);
    const byText = new Map(windows.map((window) => [window.window, window]));
    await this.reading.summarise(
      ending,
      (window) => inputs(byText.get(window)!),
      (window, found) => visit(byText.get(window)!, found),
      cancellation,
      progress,
      [...byText.keys()],
    );
  }
}
