// subtext activations: any activation by its TransformerLens name.
import { writeSafetensors } from '../../backend/checkpoint/safetensorsWriter';
import { NOT_CANCELLED } from '../../backend/cancellation';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, required, TEXT_OPTIONS } from '../options';
import { short } from '../output';

export const activations: Command = {
  name: 'activations',
  summary: 'Gives the named activation, with the leading axes [1, pos] of one text.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    hook: { value: 'NAME', help: 'such as blocks.0.mlp.hook_post; subtext inspect lists them' },
    out: { value: 'F', help: 'writes the tensor under its name to this .safetensors file' },
  },
  async run(values, output) {
    const hook = required(values, 'hook');
    const reading = await openReading(values, output);
    const { shape, data } = await reading.activation(hook, NOT_CANCELLED);
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
