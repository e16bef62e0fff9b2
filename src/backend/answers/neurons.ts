// Questions about the neurons of a model on a document.
import type { Params } from '../../protocol/requests';
import type { NeuronActivations, NeuronTable } from '../../protocol/types';
import { type Asked, tokenColumns, tokensIn } from '../inspection';
import { neuronStatistics } from '../interpret/neurons';

export async function rankNeurons(
  { inspection, source, cancellation, progress }: Asked,
  { selection }: Pick<Params<'subtext/rankNeurons'>, 'selection'>,
): Promise<NeuronTable> {
  const start = performance.now();
  const { reading, neurons } = inspection;
  const whole = { start: reading.firstTextToken, end: reading.tokens.length };
  const scope = selection && tokensIn(reading.tokens, selection);
  const statistics = await neuronStatistics(
    reading,
    neurons,
    scope ?? whole,
    scope !== undefined,
    cancellation,
    progress,
  );
  return {
    source,
    tokens: tokenColumns(reading.tokens),
    ...statistics,
    milliseconds: performance.now() - start,
  };
}

export async function neuronActivations(
  { inspection, source, cancellation }: Asked,
  { id }: Pick<Params<'subtext/neuronActivations'>, 'id'>,
): Promise<NeuronActivations> {
  const { reading, neurons } = inspection;
  const [values] = await neurons.columns([id], cancellation);
  const { starts, ends } = tokenColumns(reading.tokens);
  return { source, id, starts, ends, values };
}
