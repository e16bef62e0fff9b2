// The residual stream at every layer, one window of the text at a time.
import type { Cancellation } from '../../cancellation';
import type { TransformerConfiguration } from '../../model/configuration';
import { keptRows, type Reading, type TextWindow } from '../reading';

/** Streams of more bytes are not kept: the windows used longest ago are run again when they are needed. */
const LARGEST_STORE = 128 * 1024 * 1024;

/** The activations that are the residual stream before the first block and after each: `n_layers` + 1 of them. */
export function streamHooks({ n_layers }: TransformerConfiguration): string[] {
  return [
    'blocks.0.hook_resid_pre',
    ...Array.from({ length: n_layers }, (_, layer) => `blocks.${layer}.hook_resid_post`),
  ];
}

export class ResidualStreams {
  /** The first is the one unused for longest. */
  private readonly kept = new Map<TextWindow, Float32Array[]>();

  constructor(
    private readonly reading: Reading,
    private readonly limit = LARGEST_STORE,
  ) {}

  /** The rows of a window's tokens at each of `streamHooks`, [tokens, d_model] each. */
  async of(window: TextWindow, cancellation: Cancellation): Promise<Float32Array[]> {
    const streams = this.kept.get(window) ?? (await this.run(window, cancellation));
    this.kept.delete(window);
    this.kept.set(window, streams);
    this.shrink();
    return streams;
  }

  release(): void {
    this.kept.clear();
  }

  private async run(window: TextWindow, cancellation: Cancellation): Promise<Float32Array[]> {
    const { configuration } = this.reading.model;
    const hooks = streamHooks(configuration);
    let streams: Float32Array[] = [];
    await this.reading.run(
      hooks,
      (_, captured) => {
        streams = hooks.map((hook) =>
          keptRows(captured.get(hook)!.data as Float32Array, window, configuration.d_model),
        );
      },
      cancellation,
      undefined,
      [window],
    );
    return streams;
  }

  private shrink(): void {
    // Of a short text they lie in one buffer.
    const bytes = (streams: Float32Array[]) =>
      [...new Set(streams.map(({ buffer }) => buffer))].reduce((sum, each) => sum + each.byteLength, 0);
    let held = [...this.kept.values()].reduce((total, streams) => total + bytes(streams), 0);
    for (const [window, streams] of [...this.kept]) {
      if (held <= this.limit) return;
      held -= bytes(streams);
      this.kept.delete(window);
    }
  }
}
