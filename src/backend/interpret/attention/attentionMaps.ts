// What is kept of a text's attention: patterns, value norms, and the grid of all heads. Released as a whole.
import type { HeadId } from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';
import { checkIndex } from '../neurons';
import type { Reading } from '../reading';
import { staysOnDevice } from '../onDevice';
import { DeviceHeads } from './deviceHeads';
import { headGrid, type HeadGrid } from './grid';
import { PatternStore, type PatternBlock } from './patternStore';
import { ValueNorms } from './valueNorms';
import { spanOf, type PatternWindow } from './windows';

/**
 * Longer texts are refused: their tokens and pictures would not fit into a message, and a model of 1024 tokens would
 * need a hundred runs. Tokens.
 */
const LONGEST_TEXT = 50_000;

export class AttentionMaps {
  readonly patterns: PatternStore;
  readonly norms: ValueNorms;
  /** Where patterns stay in the engine's own memory. */
  readonly device: DeviceHeads | undefined;
  private kept: HeadGrid | undefined;

  /**
   * @param capacity bytes of patterns that are kept at most
   * @throws SubtextError `text-too-large`
   */
  constructor(
    readonly reading: Reading,
    capacity?: number,
    onDevice = staysOnDevice(reading.model.executor),
  ) {
    if (reading.tokens.length > LONGEST_TEXT) {
      throw new SubtextError(
        'text-too-large',
        `The text has ${reading.tokens.length.toLocaleString('en')} tokens; attention is shown of at most ${LONGEST_TEXT.toLocaleString('en')}`,
        'Open a part of it.',
      );
    }
    this.patterns = new PatternStore(reading, capacity);
    this.norms = new ValueNorms(reading);
    this.device = onDevice ? new DeviceHeads(reading) : undefined;
  }

  get configuration(): TransformerConfiguration {
    return this.reading.model.configuration;
  }

  get layers(): number[] {
    return Array.from({ length: this.configuration.n_layers }, (_, layer) => layer);
  }

  /** Gives back the memory of the engine, too; what is asked afterwards is computed again. */
  release(): void {
    this.kept = undefined;
    this.patterns.release();
    this.norms.release();
    this.device?.release();
  }

  /** By head of a layer. */
  spans(layer: number): number[] {
    return Array.from({ length: this.configuration.n_heads }, (_, head) =>
      spanOf(this.configuration, layer, head),
    );
  }

  /** Scores and pictures of all heads, computed once. */
  async grid(cancellation: Cancellation, progress?: (share: number) => void): Promise<HeadGrid> {
    return (this.kept ??= await headGrid(this, cancellation, progress));
  }

  /** The patterns of the windows that own some of the tokens `from` to `to`. */
  async ofHead(
    { layer, head }: HeadId,
    windows: readonly PatternWindow[],
    visit: (block: PatternBlock) => void,
    cancellation: Cancellation,
  ): Promise<void> {
    this.checkHead({ layer, head });
    await this.patterns.visit([layer], windows, visit, cancellation);
  }

  /** A head's pattern for the destinations that a window owns, [rows, keys]. @throws SubtextError `usage` */
  async rowsOfHead(id: HeadId, window: PatternWindow, cancellation: Cancellation): Promise<Float32Array> {
    this.checkHead(id);
    if (this.device) return this.device.rows(id, window, cancellation);
    const size = window.rows * window.keys;
    let found = new Float32Array(0);
    const visit = ({ data }: PatternBlock) => (found = data.slice(id.head * size, (id.head + 1) * size));
    await this.patterns.visit([id.layer], [window], visit, cancellation);
    return found;
  }

  /** Windows that own some of the tokens [start, end). */
  owners(start: number, end: number): PatternWindow[] {
    return this.patterns.windows.filter(
      ({ firstToken, rows }) => firstToken < end && firstToken + rows > start,
    );
  }

  /** @throws SubtextError `usage` */
  checkHead({ layer, head }: HeadId): void {
    checkIndex('layer', layer, this.configuration.n_layers);
    checkIndex('head', head, this.configuration.n_heads);
  }

  /** @throws SubtextError `usage` unless the range holds tokens of the text alone, and at least one */
  checkTokens({ start, end }: { start: number; end: number }): void {
    const { length } = this.reading.tokens;
    if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length)
      return;
    throw new SubtextError(
      'usage',
      `There are no tokens ${start} to ${end}`,
      `The text has tokens 0 to ${length - 1}.`,
    );
  }
}
