// The corrupted text run many times, each time with one part's values from the clean text. What lies before that part
// is the same in all runs, so it is fed and not computed again; several runs go through the model side by side.
import type { PatchedPart } from '../../../protocol/patching';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { NamedTensors } from '../../engine/executor';
import type { TensorData } from '../../engine/graph/graph';
import { giveBack } from '../../engine/reusedMemory';
import type { HookedValue, LanguageModel } from '../../model/languageModel';
import { letMessagesIn, type Reading } from '../reading';

/** Tokens in one run of the engine. */
const MOST_TOKENS = 4096;
/** Attention scores of one layer in one run of the engine: 64 MB. */
const MOST_SCORES = 16_000_000;

const HOOKS: Record<PatchedPart, string> = {
  resid: 'hook_resid_pre',
  attn: 'hook_attn_out',
  mlp: 'hook_mlp_out',
  head: 'attn.hook_z',
};

/** What is fed beside the part, so that nothing before it is computed. */
const UPSTREAM: Record<PatchedPart, string[]> = {
  resid: [],
  attn: ['hook_resid_pre'],
  mlp: ['hook_resid_pre', 'hook_attn_out'],
  head: ['hook_resid_pre'],
};

export class PatchedRuns {
  private constructor(
    private readonly model: LanguageModel,
    private readonly part: PatchedPart,
    private readonly ids: Int32Array,
    /** What interventions do in every run of the corrupted text. */
    private readonly changes: readonly HookedValue[],
    private readonly clean: NamedTensors,
    private readonly corrupted: NamedTensors,
    /** For each token of the corrupted text the one of the clean text, or −1. */
    private readonly sources: Int32Array,
    /** After the last token of each, [d_vocab]. */
    readonly cleanLogits: Float32Array,
    readonly corruptedLogits: Float32Array,
  ) {}

  /** Runs both texts once and keeps of them what is patched and fed. */
  static async prepare(
    model: LanguageModel,
    part: PatchedPart,
    clean: Reading,
    corrupted: Reading,
    sources: Int32Array,
    cancellation: Cancellation,
  ): Promise<PatchedRuns> {
    const last = lastResidual(model);
    const run = async (reading: Reading, hooks: string[]) => {
      throwIfCancelled(cancellation);
      const names = Array.from({ length: model.configuration.n_layers }, (_, layer) =>
        hooks.map((hook) => hookOf(layer, hook)),
      ).flat();
      const [window] = reading.windows;
      const captured = await model.runWithHooks([window.ids], [...names, last], reading.changesIn(window));
      const [logits] = await lastLogits(model, captured.get(last)!);
      await letMessagesIn();
      return { captured, logits };
    };
    const from = await run(clean, [HOOKS[part]]);
    const into = await run(corrupted, [HOOKS[part], ...UPSTREAM[part]]);
    const [window] = corrupted.windows;
    const changes = corrupted.changesIn(window);
    const values = [from.captured, into.captured, sources, from.logits, into.logits] as const;
    return new PatchedRuns(model, part, window.ids, changes, ...values);
  }

  /**
   * Patches one layer's part at each of these tokens, or each of these heads at all tokens.
   * @param visit gets the token or head, and the logits after the last token, [d_vocab]
   */
  async ofLayer(
    layer: number,
    columns: readonly number[],
    cancellation: Cancellation,
    visit: (column: number, logits: Float32Array) => void,
  ): Promise<void> {
    const last = lastResidual(this.model);
    const rows = this.rowsAtOnce();
    for (let start = 0; start < columns.length; start += rows) {
      throwIfCancelled(cancellation);
      const together = columns.slice(start, start + rows);
      const fed = [
        ...UPSTREAM[this.part].map((hook) => this.feed(hookOf(layer, hook), together.length)),
        this.patched(layer, together),
        ...this.changes.filter(({ hook }) => liesBehind(hook, layer, this.part)),
      ];
      const texts = together.map(() => this.ids);
      const captured = await this.model.runWithHooks(texts, [last], fed);
      const logits = await lastLogits(this.model, captured.get(last)!);
      giveBack(captured);
      for (const [row, column] of together.entries()) visit(column, logits[row]);
      await letMessagesIn();
    }
    throwIfCancelled(cancellation);
  }

  private rowsAtOnce(): number {
    const { length } = this.ids;
    const byScores = Math.floor(MOST_SCORES / (this.model.configuration.n_heads * length * length));
    return Math.max(1, Math.min(byScores, Math.floor(MOST_TOKENS / length)));
  }

  /** The corrupted text's own values for several runs, by named axes, so that their number compiles nothing. */
  private feed(hook: string, rows: number): HookedValue {
    const { shape, data } = this.corrupted.get(hook)!;
    const repeated = new Float32Array(rows * data.length);
    for (let row = 0; row < rows; row++) repeated.set(data, row * data.length);
    const value: TensorData = { type: 'float32', shape: [rows, ...shape.slice(1)], data: repeated };
    return { hook, kind: 'feed', value, axes: ['batch', 'pos', ...shape.slice(2)] };
  }

  private patched(layer: number, columns: readonly number[]): HookedValue {
    const hook = hookOf(layer, HOOKS[this.part]);
    const fed = this.feed(hook, columns.length);
    const into = fed.value.data as Float32Array;
    const from = this.clean.get(hook)!.data as Float32Array;
    const { length } = this.ids;
    const width = into.length / (columns.length * length);
    const { d_head } = this.model.configuration;
    for (const [row, column] of columns.entries()) {
      const byHead = this.part === 'head';
      const [first, size] = byHead ? [column * d_head, d_head] : [0, width];
      for (const [token, source] of this.sources.entries()) {
        if (source < 0 || (!byHead && token !== column)) continue;
        const values = from.subarray(source * width + first, source * width + first + size);
        into.set(values, (row * length + token) * width + first);
      }
    }
    return fed;
  }
}

function hookOf(layer: number, hook: string): string {
  return `blocks.${layer}.${hook}`;
}

/** Whether an activation is computed from the patched one and what is fed beside it. */
function liesBehind(hook: string, layer: number, part: PatchedPart): boolean {
  const [, block, name] = /^blocks\.(\d+)\.(.+)$/.exec(hook)!;
  if (Number(block) !== layer) return Number(block) > layer;
  const order = [
    'hook_resid_pre',
    'attn.hook_z',
    'hook_attn_out',
    'mlp.hook_post',
    'hook_mlp_out',
    'hook_resid_post',
  ];
  return order.indexOf(name) > order.indexOf(HOOKS[part]);
}

function lastResidual({ configuration }: LanguageModel): string {
  return `blocks.${configuration.n_layers - 1}.hook_resid_post`;
}

/** Logits after the last token of each text, from residual streams [batch, pos, d_model]. */
async function lastLogits(model: LanguageModel, { shape, data }: TensorData): Promise<Float32Array[]> {
  const [batch, pos, width] = shape;
  const rows = new Float32Array(batch * width);
  for (let row = 0; row < batch; row++) {
    const end = (row + 1) * pos * width;
    rows.set(data.subarray(end - width, end), row * width);
  }
  const value: TensorData = { type: 'float32', shape: [1, batch, width], data: rows };
  const logits = (await model.readout(value, ['logits'])).get('logits')!.data as Float32Array;
  const { d_vocab } = model.configuration;
  return Array.from({ length: batch }, (_, row) => logits.slice(row * d_vocab, (row + 1) * d_vocab));
}
