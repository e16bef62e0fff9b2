// What interventions take from unchanged runs: means over a text, and values of another text. Kept, so that moving a
// factor runs nothing again.
import type { Passage } from '../../../protocol/interventions';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import type { LanguageModel } from '../../model/languageModel';
import type { Token } from '../../tokenizer/tokenizer';
import { keptRows, Reading } from '../reading';
import { tokensIn } from '../tokenRange';

/** Bytes kept of one model. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Activations of a text as the model computes them without interventions. */
export interface BaseRows {
  tokens: readonly Token[];
  /** [tokens, width] */
  rows: Float32Array;
}

export class BaseValues {
  /** The first was not asked for for longest. */
  private readonly kept = new Map<string, Float32Array>();

  constructor(private readonly model: LanguageModel) {}

  /** Mean of an activation over the tokens of a text that stand for text, [width]. */
  async meanOver(reading: Reading, hook: string, cancellation: Cancellation): Promise<Float32Array> {
    const ids = reading.tokens.map(({ id }) => id).join();
    const { length } = reading.tokens;
    const from = reading.firstTextToken < length ? reading.firstTextToken : 0;
    return this.once(`mean ${hook} ${ids}`, () => meanRows(reading, hook, from, length, cancellation));
  }

  /** As `meanOver`, for the tokens of a passage. @throws SubtextError `interventions` for a range without tokens */
  async meanOfPassage(
    { text, range }: Passage,
    hook: string,
    cancellation: Cancellation,
  ): Promise<Float32Array> {
    const key = `passage ${hook} ${range?.start ?? ''}-${range?.end ?? ''} ${text}`;
    return this.once(key, () => {
      const reading = Reading.ofText(this.model, text);
      const { length } = reading.tokens;
      const whole = { start: Math.min(reading.firstTextToken, length - 1), end: length };
      const tokens = range ? tokensIn(reading.tokens, range) : whole;
      if (tokens) return meanRows(reading, hook, tokens.start, tokens.end, cancellation);
      throw new SubtextError(
        'interventions',
        `The range ${range!.start} to ${range!.end} of a passage holds no token`,
        'Select some of its text.',
      );
    });
  }

  /** An activation at every token of a text. */
  async rowsOf(text: string, hook: string, cancellation: Cancellation): Promise<BaseRows> {
    const reading = Reading.ofText(this.model, text);
    const rows = await this.once(`rows ${hook} ${text}`, async () => {
      return (await reading.activation(hook, cancellation)).data;
    });
    return { tokens: reading.tokens, rows };
  }

  private async once(key: string, compute: () => Promise<Float32Array>): Promise<Float32Array> {
    const found = this.kept.get(key) ?? (await compute());
    this.kept.delete(key);
    this.kept.set(key, found);
    let bytes = [...this.kept.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [oldest, { byteLength }] of [...this.kept]) {
      if (bytes <= MOST_BYTES) break;
      this.kept.delete(oldest);
      bytes -= byteLength;
    }
    return found;
  }
}

/** Mean over tokens `from` to `to` (exclusive), [width]; summed in float64. */
async function meanRows(
  reading: Reading,
  hook: string,
  from: number,
  to: number,
  cancellation: Cancellation,
): Promise<Float32Array> {
  let sums = new Float64Array(0);
  await reading.run(
    [hook],
    (window, captured) => {
      const values = captured.get(hook)!.data as Float32Array;
      const width = values.length / window.ids.length;
      if (sums.length === 0) sums = new Float64Array(width);
      const rows = keptRows(values, window, width);
      for (let token = Math.max(from, window.keepStart); token < Math.min(to, window.keepEnd); token++) {
        const start = (token - window.keepStart) * width;
        sums.forEach((sum, index) => (sums[index] = sum + rows[start + index]));
      }
    },
    cancellation,
  );
  return Float32Array.from(sums, (sum) => sum / (to - from));
}
