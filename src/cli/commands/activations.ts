// subtext activations: any activation by its TransformerLens name.
import { writeSafetensors } from '../../backend/checkpoint/safetensors';
import { SubtextError } from '../../backend/errors';
import { NOT_CANCELLED } from '../../backend/cancellation';
import { keptRows, type Reading } from '../../backend/interpret/reading';
import type { Command } from '../command';
import { openModel, openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, required, TEXT_OPTIONS } from '../options';
import { short } from '../output';

export const activations: Command = {
  name: 'activations',
  summary: 'Gives the named activation, with the leading axes [1, pos] of one text.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    hook: { value: 'NAME', help: 'such as blocks.0.mlp.hook_post; subtext inspect lists them' },
    out: { value: 'F', help: 'writes the tensor under its name to this .safetensors file' },
  },
  async run(values, output) {
    const hook = required(values, 'hook');
    const model = await openModel(values, output);
    const reading = await openReading(values, model, output);
    const { shape, data } = await capture(reading, hook);
    const file = values.out;
    if (typeof file === 'string') await writeSafetensors(file, new Map([[hook, { shape, data }]]));
    const summary = () => {
      const [min, max, sum] = data.reduce(
        ([low, high, total], value) => [Math.min(low, value), Math.max(high, value), total + value],
        [Infinity, -Infinity, 0],
      );
      return { min, max, mean: sum / data.length };
    };
    output.answer(
      () => ({ hook, shape, ...(file === undefined ? { data: Array.from(data) } : { file }) }),
      () => {
        const { min, max, mean } = summary();
        return `${hook} [${shape.join(', ')}]  min ${short(min)}  mean ${short(mean)}  max ${short(max)}\n`;
      },
    );
  },
};

async function capture(reading: Reading, hook: string): Promise<{ shape: number[]; data: Float32Array }> {
  const { model, windows, tokens } = reading;
  if (windows.length === 1) {
    const tensor = (await model.runWithCache([windows[0].ids], [hook])).get(hook)!;
    return { shape: [...tensor.shape], data: tensor.data as Float32Array };
  }
  if (/hook_(attn_scores|pattern)$/.test(hook)) {
    throw new SubtextError(
      'text-too-large',
      `${hook} relates all tokens of one window, and this text takes ${windows.length}`,
      `Give at most ${model.configuration.n_ctx} tokens.`,
    );
  }
  let shape: number[] = [];
  let data = new Float32Array(0);
  await reading.run(
    [hook],
    (window, captured) => {
      const tensor = captured.get(hook)!;
      const width = tensor.data.length / window.ids.length;
      if (data.length === 0) data = new Float32Array(tokens.length * width);
      data.set(keptRows(tensor.data as Float32Array, window, width), window.keepStart * width);
      shape = tensor.shape.with(1, tokens.length);
    },
    NOT_CANCELLED,
  );
  return { shape, data };
}
