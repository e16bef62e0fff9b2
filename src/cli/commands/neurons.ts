// subtext neurons: the neurons that fire most on a text.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { largestIndices } from '../../backend/interpret/largest';
import { checkIndex, NeuronActivationStore, neuronStatistics } from '../../backend/interpret/neurons';
import type { Reading } from '../../backend/interpret/reading';
import { modelName } from '../../backend/modelName';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, TEXT_OPTIONS } from '../options';
import { short, table, visible } from '../output';
import { tokenAsJson } from './tokens';

/** Tokens named for each neuron in the JSON answer. */
const TOP_TOKENS = 5;
/** Tokens around the strongest one in the text answer. */
const CONTEXT = 5;

export const neurons: Command = {
  name: 'neurons',
  summary: 'Ranks the neurons by their largest activation on a text.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    layer: { value: 'L', help: 'only the neurons of this layer' },
    top: { value: 'N', help: 'how many neurons; default 20' },
  },
  async run(values, output) {
    const top = numberOption(values, 'top', 20, { min: 1 });
    const layer = values.layer === undefined ? undefined : numberOption(values, 'layer', 0, { min: 0 });
    const reading = await openReading(values, output);
    const { model } = reading;
    const { n_layers, d_mlp } = model.configuration;
    if (layer !== undefined) checkIndex('layer', layer, n_layers);
    const store = new NeuronActivationStore(reading);
    // All tokens that are listed, the begin of text too: `max` is what a person finds in `subtext activations`.
    const scope = { start: 0, end: reading.tokens.length };
    const found = await neuronStatistics(reading, store, scope, false, NOT_CANCELLED);

    const first = layer === undefined ? 0 : layer * d_mlp;
    const rows = largestIndices(
      found.maximum.subarray(first, layer === undefined ? undefined : first + d_mlp),
      top,
    );
    const ids = rows.map((index) => ({
      layer: Math.floor((first + index) / d_mlp),
      neuron: (first + index) % d_mlp,
    }));
    const columns = await store.columns(ids, NOT_CANCELLED);
    const ranked = ids.map((id, place) => {
      const row = first + rows[place];
      const activations = columns[place];
      const tokens = largestIndices(activations, TOP_TOKENS);
      return {
        ...id,
        max: found.maximum[row],
        token: tokens[0],
        fraction_nonzero: activations.filter((value) => value !== 0).length / activations.length,
        fraction_on: found.on[row],
        top: tokens.map((token) => ({ token, value: activations[token] })),
      };
    });
    output.answer(
      () => ({
        model: modelName(model.checkpoint.path),
        tokens: reading.tokens.map(tokenAsJson),
        neurons: ranked,
      }),
      () =>
        table([
          ['neuron', 'max', 'on', 'strongest token in its context'],
          ...ranked.map(({ layer: inLayer, neuron, max, fraction_on, token }) => [
            `L${inLayer} N${neuron}`,
            short(max),
            `${Math.round(100 * fraction_on)}%`,
            inContext(reading, token),
          ]),
        ]),
    );
  },
};

/** The token between ▐ ▌ with the text around it. */
function inContext({ tokens }: Reading, token: number): string {
  const text = (from: number, to: number) =>
    tokens
      .slice(Math.max(from, 0), to)
      .map(({ piece }) => piece.replaceAll('\n', '↵'))
      .join('');
  return `${text(token - CONTEXT, token)}▐${visible(tokens[token].piece)}▌${text(token + 1, token + 1 + CONTEXT)}`;
}
