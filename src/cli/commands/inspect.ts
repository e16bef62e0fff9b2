// subtext inspect: what a checkpoint holds, without loading its weights.
import { readCheckpointHeader } from '../../backend/checkpoint/open';
import { hookNames } from '../../backend/model/hooks';
import { parameterCount } from '../../backend/model/weights';
import type { Command } from '../command';
import { modelPath } from '../../backend/sampleModels';
import { table } from '../output';

export const inspect: Command = {
  name: 'inspect',
  argument: 'MODEL',
  summary: 'Shows format, architecture, configuration, tensors and activations of a checkpoint.',
  options: {},
  async run(values, output) {
    const header = await readCheckpointHeader(modelPath(String(values.argument)));
    const { format, architecture, path, configuration, tensors } = header;
    const parameters = parameterCount(configuration);
    const hooks = hookNames(configuration);
    output.answer(
      () => ({ format, architecture, path, parameters, configuration, tensors, hooks }),
      () =>
        [
          table([
            ['path', path],
            ['format', format],
            ['architecture', architecture],
            ['parameters', parameters.toLocaleString('en')],
          ]),
          table(Object.entries(configuration).map(([name, value]) => [name, JSON.stringify(value)])),
          table([
            ['tensor', 'dtype', 'shape'],
            ...tensors.map(({ name, dtype, shape }) => [name, dtype, `[${shape.join(', ')}]`]),
          ]),
          hooks.map((name) => `${name}\n`).join(''),
        ].join('\n'),
    );
  },
};
