// A text as a model reads it: its tokens, cut into windows where it is longer than the model's context.
import type { WindowPlan } from '../../protocol/types';
import { throwIfCancelled, type Cancellation } from '../cancellation';
import type { NamedTensors } from '../engine/executor';
import { SubtextError } from '../errors';
import { changesAt, type TextChange } from '../model/changes';
import type { TransformerConfiguration } from '../model/configuration';
import { checkIds, type Ending, type HookedValue, type LanguageModel } from '../model/languageModel';
import type { Token } from '../tokenizer/tokenizer';

/** More text than this is refused: about an hour of reading on a small CPU. UTF-16 code units. */
const LONGEST_TEXT = 1_000_000;

/** Longest window whatever the model's context: attention patterns grow with its square. Tokens. */
const LONGEST_WINDOW = 2048;

/** One run of the model over a part of the text. */
export interface TextWindow {
  ids: Int32Array;
  /** Token indices whose values this window gives: those that it reads with the most context. */
  keepStart: number;
  keepEnd: number;
  /** Position in the window of token `keepStart`. */
  keepRow: number;
}

export class Reading {
  readonly windows: TextWindow[];
  readonly plan: WindowPlan;
  /** Whether every window starts with the text's first token. */
  private readonly repeatsBegin: boolean;

  /**
   * @param changes what is done to activations in every run
   * @param text what the tokens stand for; ids alone have none
   * @throws SubtextError `empty-text` when there are no tokens
   */
  constructor(
    readonly model: LanguageModel,
    readonly tokens: readonly Token[],
    readonly changes: readonly TextChange[] = [],
    readonly text?: string,
  ) {
    if (tokens.length === 0) {
      throw new SubtextError('empty-text', 'The text has no tokens', 'Give a text that says something.');
    }
    const { windows, plan, head } = cutWindows(tokens, model);
    this.windows = windows;
    this.plan = plan;
    this.repeatsBegin = head === 1;
  }

  /** @throws SubtextError `empty-text`, `binary-text`, `text-too-large`, `tokenizer` */
  static ofText(model: LanguageModel, text: string): Reading {
    checkText(text);
    return new Reading(model, model.tokenizer.encode(text), [], text);
  }

  /** Tokens given by id alone: they stand for no text. @throws SubtextError `usage` for an id outside the vocabulary */
  static ofIds(model: LanguageModel, ids: readonly number[]): Reading {
    checkIds(Int32Array.from(ids), model.configuration.d_vocab, 'usage');
    const piece = (id: number) => model.checkpoint.tokenizer?.piece(id) ?? `<${id}>`;
    return new Reading(
      model,
      ids.map((id) => ({ id, piece: piece(id), start: 0, end: 0 })),
    );
  }

  /** The first token that stands for text: 1 where the tokenizer puts a begin-of-text token first, else 0. */
  get firstTextToken(): number {
    return startsWithBegin(this.tokens, this.model) ? 1 : 0;
  }

  /** The same text read under changes. */
  under(changes: readonly TextChange[]): Reading {
    return new Reading(this.model, this.tokens, changes, this.text);
  }

  /** What is done to activations in the run of a window. */
  changesIn({ ids, keepStart, keepRow }: TextWindow): HookedValue[] {
    const first = keepStart - keepRow;
    // A begin-of-text token at the head of a later window is the text's first token.
    const tokens = Array.from(ids, (_, row) => (row === 0 && this.repeatsBegin ? 0 : first + row));
    return changesAt(this.changes, tokens);
  }

  /** The window that reads a token with the most context, and its position there. */
  placeOf(token: number): { window: TextWindow; row: number } {
    const window = this.windows.find(({ keepStart, keepEnd }) => keepStart <= token && token < keepEnd)!;
    return { window, row: token - window.keepStart + window.keepRow };
  }

  /** Runs every window (or only these) and shows its captures, first to last. Positions: see `TextWindow`. */
  async run(
    names: readonly string[],
    visit: (window: TextWindow, captured: NamedTensors) => void,
    cancellation: Cancellation,
    progress: (share: number) => void = () => undefined,
    windows: readonly TextWindow[] = this.windows,
  ): Promise<void> {
    const run = (window: TextWindow) => this.model.runWithHooks([window.ids], names, this.changesIn(window));
    await this.each(run, visit, cancellation, progress, windows);
  }

  /**
   * As `run`, for what an ending makes of the activations: only that leaves the engine.
   * @param inputs of the ending, for a window
   */
  async summarise(
    ending: Ending,
    inputs: (window: TextWindow) => NamedTensors,
    visit: (window: TextWindow, found: NamedTensors) => void,
    cancellation: Cancellation,
    progress: (share: number) => void = () => undefined,
    windows: readonly TextWindow[] = this.windows,
  ): Promise<void> {
    const { model } = this;
    const run = (window: TextWindow) =>
      model.runWithEnding(window.ids, ending, this.changesIn(window), inputs(window));
    await this.each(run, visit, cancellation, progress, windows);
  }

  private async each(
    run: (window: TextWindow) => Promise<NamedTensors>,
    visit: (window: TextWindow, found: NamedTensors) => void,
    cancellation: Cancellation,
    progress: (share: number) => void,
    windows: readonly TextWindow[],
  ): Promise<void> {
    for (const [index, window] of windows.entries()) {
      throwIfCancelled(cancellation);
      visit(window, await run(window));
      if (windows.length > 1) {
        progress((index + 1) / windows.length);
        await letMessagesIn();
      }
    }
    throwIfCancelled(cancellation);
  }

  /**
   * One activation at every token of the text, with TransformerLens's shape: [1, tokens, …].
   * @throws SubtextError `text-too-large` for attention scores and patterns of a text that takes several windows
   */
  async activation(
    name: string,
    cancellation: Cancellation,
  ): Promise<{ shape: number[]; data: Float32Array }> {
    if (this.windows.length > 1 && /hook_(attn_scores|pattern)$/.test(name)) {
      throw new SubtextError(
        'text-too-large',
        `${name} relates all tokens of one window, and this text takes ${this.windows.length}`,
        `Give at most ${this.plan.length} tokens.`,
      );
    }
    let shape: number[] = [];
    let data: Float32Array = new Float32Array(0);
    await this.run(
      [name],
      (window, captured) => {
        const tensor = captured.get(name)!;
        const values = tensor.data as Float32Array;
        if (this.windows.length === 1) {
          shape = [...tensor.shape];
          data = values;
          return;
        }
        const width = values.length / window.ids.length;
        shape = tensor.shape.with(1, this.tokens.length);
        if (data.length === 0) data = new Float32Array(this.tokens.length * width);
        data.set(keptRows(values, window, width), window.keepStart * width);
      },
      cancellation,
    );
    return { shape, data };
  }
}

/** The rows of a window's capture that count, from `[pos, width]`. */
export function keptRows(values: Float32Array, window: TextWindow, width: number): Float32Array {
  const rows = window.keepEnd - window.keepStart;
  return values.subarray(window.keepRow * width, (window.keepRow + rows) * width);
}

/** @throws SubtextError `usage` when a text of `count` tokens has no token of that index */
export function checkToken(token: number, count: number): void {
  if (Number.isInteger(token) && token >= 0 && token < count) return;
  throw new SubtextError('usage', `The text has no token ${token}`, `Its tokens are 0 to ${count - 1}.`);
}

/** @throws SubtextError `empty-text`, `text-too-large`, `binary-text` */
export function checkText(text: string): void {
  if (text.length === 0) {
    throw new SubtextError('empty-text', 'The document is empty', 'Write or paste a text, then ask again.');
  }
  if (text.length > LONGEST_TEXT) {
    throw new SubtextError(
      'text-too-large',
      `The document has ${text.length.toLocaleString('en')} characters; at most ${LONGEST_TEXT.toLocaleString('en')} are read`,
      'Open a part of it.',
    );
  }
  if (text.includes('\0')) {
    throw new SubtextError(
      'binary-text',
      'The document is not text: it holds NUL characters',
      'Open a text.',
    );
  }
}

function startsWithBegin(tokens: readonly Token[], { checkpoint }: LanguageModel): boolean {
  const begin = checkpoint.tokenizer?.beginOfText;
  return begin !== undefined && tokens.length > 0 && tokens[0].id === begin && tokens[0].end === 0;
}

/**
 * Cuts a text into windows that overlap by half; each token counts in the window that gives it the most context,
 * so that all but the first half window have at least half a window before them.
 */
function cutWindows(
  tokens: readonly Token[],
  model: LanguageModel,
): { windows: TextWindow[]; plan: WindowPlan; head: number } {
  const ids = Int32Array.from(tokens, ({ id }) => id);
  const length = windowLength(model.configuration);
  if (ids.length <= length) {
    const whole = { ids, keepStart: 0, keepEnd: ids.length, keepRow: 0 };
    return { windows: [whole], plan: { count: 1, length: ids.length, overlap: 0 }, head: 0 };
  }
  // A begin-of-text token stands at the head of every window, as the model saw it in training.
  const head = length > 1 && startsWithBegin(tokens, model) ? 1 : 0;
  const body = length - head;
  const overlap = Math.floor(body / 2);
  const windows: TextWindow[] = [];
  for (let start = head; ; start += body - overlap) {
    const end = Math.min(start + body, ids.length);
    const first = windows.length === 0;
    const window = new Int32Array(head + end - start);
    if (head === 1) window[0] = ids[0];
    window.set(ids.subarray(start, end), head);
    const keepStart = first ? 0 : start + overlap;
    windows.push({ ids: window, keepStart, keepEnd: end, keepRow: first ? 0 : head + overlap });
    if (end === ids.length) return { windows, plan: { count: windows.length, length, overlap }, head };
  }
}

/** The most tokens that are read at once. */
export function windowLength({ n_ctx }: TransformerConfiguration): number {
  return Math.min(n_ctx, LONGEST_WINDOW);
}

/** Lets the thread take its messages between two runs. */
export function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
