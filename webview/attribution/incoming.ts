// Messages from the host with their typed arrays made sure of.
import type { LogitAttribution } from '../../src/protocol/attribution';
import type { ToAttributionView } from '../../src/protocol/attributionView';
import { asFloat32, asInt32 } from '../shared/arrays';

/** The message as the protocol says it, whatever VS Code made of its typed arrays. */
export function normalise(message: ToAttributionView): ToAttributionView {
  if (message.type !== 'attribution') return message;
  return { ...message, attribution: normaliseAttribution(message.attribution) };
}

function normaliseAttribution(attribution: LogitAttribution): LogitAttribution {
  const { constants, neurons } = attribution;
  return {
    ...attribution,
    logits: asFloat32(attribution.logits),
    probabilities: asFloat32(attribution.probabilities),
    values: asFloat32(attribution.values),
    constants: { ...constants, values: asFloat32(constants.values) },
    accumulated: asFloat32(attribution.accumulated),
    ...(neurons && {
      neurons: {
        layers: asInt32(neurons.layers),
        neurons: asInt32(neurons.neurons),
        activations: asFloat32(neurons.activations),
        values: asFloat32(neurons.values),
        rest: asFloat32(neurons.rest),
      },
    }),
  };
}
