// The logit lens (nostalgebraist, "interpreting GPT: the logit lens", 2020): every layer's residual stream read as if it
// were the last.
import type { LensPath } from '../../../protocol/lens';
import type { TextRange } from '../../../protocol/types';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { TransformerConfiguration } from '../../model/configuration';
import { checkIds } from '../../model/languageModel';
import { largestIndices } from '../largest';
import { checkIndex } from '../neurons';
import { pieceOf, type RankedToken } from '../predictions';
import { checkToken, letMessagesIn, type Reading, type TextWindow } from '../reading';
import { readoutChanges } from '../readoutChanges';
import { lensEndingName, readLensRows, type LensRows } from './lensReadout';
import { ResidualStreams, streamHooks } from './residualStreams';

/** Rows of logits computed at once, all layers together: 64 of 50,257 are 13 MB. */
const ROWS = 64;

/** A window's columns [points, tokens of the window], and which tokens were computed. */
interface WindowColumns {
  rows: LensRows;
  done: Uint8Array;
}

/**
 * For a model whose norms stand before each part, a stream goes through the final norm, with the statistics of that
 * stream itself, and the unembedding. A model with norms behind its parts (BERT) has no final norm, because its streams
 * are normalised as they are: they go to the unembedding, where there is one through the layer before it. The last
 * row is the model's own output in every case.
 */
export class LogitLens {
  /** Activations that are read, by row. */
  readonly hooks: readonly string[];
  private readonly streams: ResidualStreams;
  private readonly computed = new Map<TextWindow, WindowColumns>();

  constructor(readonly reading: Reading) {
    this.hooks = streamHooks(reading.model.configuration);
    this.streams = new ResidualStreams(reading);
  }

  /**
   * What a place should predict: the token that follows, or for an encoder the token itself; undefined at the end of
   * the text.
   */
  targetOf(token: number): number | undefined {
    const { tokens, model } = this.reading;
    return tokens.at(model.configuration.causal ? token + 1 : token)?.id;
  }

  /**
   * The columns of tokens [start, end), [points, tokens]; what was computed before is kept. Where there is no target,
   * its rank is 0 and its probability NaN.
   */
  async columns(
    { start, end }: TextRange,
    cancellation: Cancellation,
    progress: (share: number) => void = () => undefined,
  ): Promise<LensRows> {
    const points = this.hooks.length;
    const result = emptyRows(points * (end - start));
    for (const window of this.reading.windows) {
      const from = Math.max(start, window.keepStart);
      const to = Math.min(end, window.keepEnd);
      if (from >= to) continue;
      const { rows } = await this.compute(window, from, to, cancellation, (done) =>
        progress((from - start + done) / (end - start)),
      );
      const width = window.keepEnd - window.keepStart;
      for (let point = 0; point < points; point++) {
        const first = point * width + from - window.keepStart;
        copyRows(rows, first, first + to - from, result, point * (end - start) + from - start);
      }
    }
    return result;
  }

  /**
   * The likeliest tokens at one place, likeliest first: none where the prediction is not made of numbers.
   * @throws SubtextError `usage` when there is no such place
   */
  async likeliest(
    point: number,
    token: number,
    count: number,
    cancellation: Cancellation,
  ): Promise<RankedToken[]> {
    checkIndex('point', point, this.hooks.length);
    const residual = await this.streamsAt(token, cancellation);
    const { model } = this.reading;
    const { d_model } = model.configuration;
    const data = residual.subarray(point * d_model, (point + 1) * d_model);
    const stream = { type: 'float32' as const, shape: [1, 1, d_model], data };
    const outputs = await model.readout(stream, ['log_probs'], readoutChanges(this.reading, [token]));
    throwIfCancelled(cancellation);
    const row = outputs.get('log_probs')!.data as Float32Array;
    if (row.some(Number.isNaN)) return [];
    return largestIndices(row, count).map((id) => ({
      id,
      piece: pieceOf(model, id),
      logProbability: row[id],
    }));
  }

  /**
   * How likely a token is at one place of the text, by layer.
   * @throws SubtextError `usage` when there is no such place or token
   */
  async path(token: number, target: number, cancellation: Cancellation): Promise<LensPath> {
    const { model } = this.reading;
    const { d_model, d_vocab } = model.configuration;
    checkIds(Int32Array.of(target), d_vocab, 'usage');
    const data = await this.streamsAt(token, cancellation);
    const shape = [this.hooks.length, 1, d_model];
    const rows = await readLensRows(
      this.reading,
      [token],
      { type: 'float32', shape, data },
      Int32Array.of(target),
    );
    throwIfCancelled(cancellation);
    return {
      id: target,
      piece: pieceOf(model, target),
      probabilities: rows.targetProbability,
      ranks: rows.targetRank,
    };
  }

  /** Gives back the memory of the engine, too; what is asked afterwards is computed again. */
  release(): void {
    this.streams.release();
    this.computed.clear();
    // Of all that reads streams only the lens begins with the first.
    const [first] = this.hooks;
    this.reading.model.releaseGraphs(new Set([first, lensEndingName(this.hooks.length)]));
  }

  private async compute(
    window: TextWindow,
    from: number,
    to: number,
    cancellation: Cancellation,
    progress: (done: number) => void,
  ): Promise<WindowColumns> {
    const points = this.hooks.length;
    const width = window.keepEnd - window.keepStart;
    let columns = this.computed.get(window);
    if (!columns) {
      columns = { rows: emptyRows(points * width), done: new Uint8Array(width) };
      this.computed.set(window, columns);
    }
    const { rows, done } = columns;
    const missing: number[] = [];
    for (let row = from - window.keepStart; row < to - window.keepStart; row++)
      if (!done[row]) missing.push(row);
    if (missing.length === 0) return columns;

    const streams = await this.streams.of(window, cancellation);
    const chunk = Math.max(1, Math.floor(ROWS / points));
    for (let start = 0; start < missing.length; start += chunk) {
      throwIfCancelled(cancellation);
      const some = missing.slice(start, start + chunk);
      const found = await this.readRows(window, streams, some);
      for (let point = 0; point < points; point++) {
        some.forEach((row, index) => {
          const at = point * some.length + index;
          copyRows(found, at, at + 1, rows, point * width + row);
        });
      }
      for (const row of some) done[row] = 1;
      progress(some[some.length - 1] + 1 - (from - window.keepStart));
      await letMessagesIn();
    }
    throwIfCancelled(cancellation);
    return columns;
  }

  /** @param some rows of the window's kept tokens */
  private async readRows(window: TextWindow, streams: Float32Array[], some: number[]): Promise<LensRows> {
    const { d_model } = this.reading.model.configuration;
    const data = new Float32Array(streams.length * some.length * d_model);
    streams.forEach((stream, point) => {
      some.forEach((row, index) => {
        const at = (point * some.length + index) * d_model;
        data.set(stream.subarray(row * d_model, (row + 1) * d_model), at);
      });
    });
    const targets = some.map((row) => this.targetOf(window.keepStart + row));
    const shape = [streams.length, some.length, d_model];
    const found = await readLensRows(
      this.reading,
      some.map((row) => window.keepStart + row),
      { type: 'float32', shape, data },
      Int32Array.from(targets, (target) => target ?? 0),
    );
    targets.forEach((target, index) => {
      if (target !== undefined) return;
      for (let at = index; at < found.targetRank.length; at += some.length) {
        found.targetRank[at] = 0;
        found.targetProbability[at] = NaN;
      }
    });
    return found;
  }

  /** The streams at one token, [points, d_model]. @throws SubtextError `usage` when there is no such token */
  private async streamsAt(token: number, cancellation: Cancellation): Promise<Float32Array> {
    const { tokens, model } = this.reading;
    checkToken(token, tokens.length);
    const { d_model } = model.configuration;
    const { window } = this.reading.placeOf(token);
    const streams = await this.streams.of(window, cancellation);
    const row = token - window.keepStart;
    const data = new Float32Array(streams.length * d_model);
    streams.forEach((stream, point) =>
      data.set(stream.subarray(row * d_model, (row + 1) * d_model), point * d_model),
    );
    return data;
  }
}

/** How the lens reads the streams of a model, in words. */
export function lensNote({ block, head_transform }: TransformerConfiguration): string {
  const through = head_transform ? ', through the layer before the unembedding' : '';
  return block === 'post-norm'
    ? `streams are normalised by their own layers; no further norm is applied${through}`
    : `final norm with each layer's own statistics${through}`;
}

/** 'embed', 'L0', 'L1', …: what the stream last went through. */
export function pointLabel(point: number): string {
  return point === 0 ? 'embed' : `L${point - 1}`;
}

function emptyRows(length: number): LensRows {
  return {
    top: new Int32Array(length),
    topProbability: new Float32Array(length),
    targetProbability: new Float32Array(length),
    targetRank: new Int32Array(length),
    divergence: new Float32Array(length),
    entropy: new Float32Array(length),
  };
}

function copyRows(from: LensRows, start: number, end: number, to: LensRows, at: number): void {
  for (const column of Object.keys(from) as (keyof LensRows)[]) {
    to[column].set(from[column].subarray(start, end), at);
  }
}
