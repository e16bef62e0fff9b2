// `subtext probe read` and `probe direction`: what a stored probe reads from a text, and how to steer along it.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { readWithProbe } from '../../backend/interpret/probes/apply';
import { readProbe } from '../../backend/interpret/probes/probeFile';
import { steeringAlong } from '../../backend/interpret/probes/steering';
import type { InterventionFile } from '../../protocol/interventions';
import type { Command } from '../command';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, required, TEXT_OPTIONS } from '../options';
import { percent, table, visible } from '../output';
import { INTERVENTION_OPTIONS } from '../interventions';

const ARGUMENT = 'FILE.probe.safetensors';

export const probeRead: Command = {
  name: 'probe read',
  summary: 'Shows what a stored probe reads at every token of a text.',
  argument: ARGUMENT,
  options: { ...MODEL_OPTIONS, ...TEXT_OPTIONS, ...IDS_OPTION, ...INTERVENTION_OPTIONS },
  async run(values, output) {
    const probe = await readProbe(required(values, 'argument'));
    const reading = await openReading(values, output);
    const { rows: read, probabilities } = await readWithProbe(probe, reading, NOT_CANCELLED);
    const { classes, target, level, hook, accuracy } = probe.header;
    const rows = read.map((token, row) => {
      const { piece, start, end } = reading.tokens[token];
      const shares = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
      const likeliest = shares.indexOf(Math.max(...shares));
      return { piece, start, end, shares, likeliest };
    });
    output.answer(
      () => ({
        target,
        level,
        hook,
        accuracy,
        classes,
        tokens: rows.map(({ piece, start, end, shares, likeliest }) => ({
          piece,
          start,
          end,
          read: classes[likeliest],
          probabilities: [...shares],
        })),
      }),
      () =>
        table(
          rows.map(({ piece, shares, likeliest }) => [
            visible(piece),
            classes[likeliest],
            percent(shares[likeliest]),
          ]),
        ),
    );
  },
};

export const probeDirections: Command = {
  name: 'probe direction',
  summary: 'Writes a direction of a stored probe as an intervention: JSON for --interventions.',
  argument: ARGUMENT,
  options: {
    towards: { value: 'CLASS', help: 'class that is made likelier' },
    from: { value: 'CLASS', help: 'class that is made less likely; default the mean of all' },
    factor: { value: 'F', help: 'what the direction is multiplied by; default 1' },
  },
  async run(values, output) {
    const towards = required(values, 'towards');
    const factor = numberOption(values, 'factor', 1, { min: -1e6, max: 1e6, whole: false });
    const probe = await readProbe(required(values, 'argument'));
    const { part, direction } = steeringAlong(probe, towards, values.from as string | undefined);
    const file: InterventionFile = {
      model: probe.header.model,
      interventions: [
        {
          id: `${part} ${direction.name ?? towards}`,
          on: true,
          part,
          change: { kind: 'steer', factor, direction },
        },
      ],
    };
    output.answer(
      () => file,
      () => `${JSON.stringify(file)}\n`,
    );
  },
};
