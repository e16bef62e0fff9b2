// subtext attribute: what each part of the model adds to the logit of a token.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import { attributeLogit } from '../../backend/interpret/attribution/attribution';
import { checkToken } from '../../backend/interpret/reading';
import type { LogitComponent, TokenChoice } from '../../protocol/attribution';
import type { Command, Values } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, TEXT_OPTIONS } from '../options';
import { percent, short, table, visible } from '../output';

const TOKEN_HELP = 'an id, or a text that is one token';

export const attribute: Command = {
  name: 'attribute',
  summary: 'Attributes the logit of a next token to heads, MLPs and neurons (direct logit attribution).',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    position: {
      value: 'P',
      help: 'token of the text behind which the next one is predicted; default the last',
    },
    token: { value: 'T', help: `${TOKEN_HELP}; default the likeliest` },
    against: { value: 'T', help: `${TOKEN_HELP}: attributes the difference of the two logits` },
    neurons: { value: 'N', help: 'also the N neurons of largest effect' },
    layer: { value: 'L', help: 'with --neurons, only those of this layer' },
  },
  async run(values, output) {
    const neurons = numberOption(values, 'neurons', 0, { min: 1 });
    const layer = values.layer === undefined ? undefined : numberOption(values, 'layer', 0, { min: 0 });
    if (layer !== undefined && values.neurons === undefined) {
      throw new SubtextError(
        'usage',
        '--layer is given without --neurons',
        'It says whose neurons are listed: give --neurons too.',
      );
    }
    const wanted =
      values.position === undefined ? undefined : numberOption(values, 'position', 0, { min: 0 });
    const reading = await openReading(values, output);
    const position = wanted ?? reading.tokens.length - 1;
    checkToken(position, reading.tokens.length);
    const found = await attributeLogit(
      reading,
      {
        position,
        token: tokenOption(values, 'token'),
        against: tokenOption(values, 'against'),
        ...(neurons > 0 && { neurons: { count: neurons, layer } }),
      },
      NOT_CANCELLED,
    );
    output.note(found.note);
    const { token, against, logits, probabilities, components, constants } = found;
    const named = ({ id, piece }: { id: number; piece: string }, index: number) => ({
      id,
      text: piece,
      logit: logits[index],
      probability: probabilities[index],
    });
    const strongest = found.neurons && {
      neurons: Array.from(found.neurons.values, (value, row) => ({
        layer: found.neurons!.layers[row],
        neuron: found.neurons!.neurons[row],
        activation: found.neurons!.activations[row],
        value,
      })),
      neurons_rest: found.neurons.rest[0],
    };
    output.answer(
      () => ({
        position,
        note: found.note,
        token: named(token, 0),
        ...(against && { against: named(against, 1) }),
        logit: logits[0] - (against ? logits[1] : 0),
        components: components.map(({ kind, layer: inLayer, ...more }, row) => ({
          kind,
          ...(inLayer >= 0 && { layer: inLayer }),
          ...more,
          value: found.values[row],
        })),
        constants: constants.names.map((name, row) => ({ name, value: constants.values[row] })),
        accumulated: Array.from(found.accumulated),
        ...strongest,
      }),
      () => {
        const rows = components.map((component, row): [string, number] => [
          componentName(component),
          found.values[row],
        ]);
        const others = against ? [` − ${visible(against.piece)} ${percent(probabilities[1])}`] : [];
        const title = `${visible(token.piece)} ${percent(probabilities[0])}${others.join('')} after token ${position} ${visible(reading.tokens[position].piece)}`;
        const sorted = rows.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
        const ofNeurons = strongest?.neurons.map(({ layer: inLayer, neuron, value, activation }) => [
          `L${inLayer} N${neuron}`,
          short(value),
          `activation ${short(activation)}`,
        ]);
        return [
          `${title}\n`,
          table([...sorted.map(([name, value]) => [name, short(value)]), ['sum', short(sum(found.values))]]),
          ofNeurons
            ? `\n${table([...ofNeurons, ['other neurons', short(strongest!.neurons_rest), '']])}`
            : '',
        ].join('');
      },
    );
  },
};

function sum(values: Float32Array): number {
  return values.reduce((a, b) => a + b, 0);
}

function componentName({ kind, layer, head, hook }: LogitComponent): string {
  switch (kind) {
    case 'head':
      return `L${layer}H${head}`;
    case 'mlp':
      return `L${layer} MLP`;
    case 'change':
      return `intervention at ${hook}`;
    case 'position':
      return 'position embedding';
    case 'embedding':
      return 'token embedding';
    case 'constant':
      return 'constant (biases)';
  }
}

function tokenOption(values: Values, name: string): TokenChoice | undefined {
  const given = values[name];
  if (typeof given !== 'string') return undefined;
  return /^\d+$/.test(given) ? Number(given) : given;
}
