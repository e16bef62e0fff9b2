// Messages from the host with their typed arrays made sure of.
import type { NeuronActivations, NeuronTable } from '../../src/protocol/types';
import type { ToNeuronsView } from '../../src/protocol/views';
import { asFloat32, asInt32, asUint8 } from '../shared/arrays';

/** The message as the protocol says it, whatever VS Code made of its typed arrays. */
export function normalise(message: ToNeuronsView): ToNeuronsView {
  if (message.type === 'table') return { ...message, table: normaliseTable(message.table) };
  if (message.type === 'focus' && message.focus?.activations) {
    const activations = normaliseActivations(message.focus.activations);
    return { ...message, focus: { ...message.focus, activations } };
  }
  return message;
}

function normaliseTable(table: NeuronTable): NeuronTable {
  const { tokens } = table;
  return {
    ...table,
    tokens: {
      ...tokens,
      ids: asInt32(tokens.ids),
      starts: asInt32(tokens.starts),
      ends: asInt32(tokens.ends),
    },
    maximum: asFloat32(table.maximum),
    strongest: asInt32(table.strongest),
    on: asFloat32(table.on),
    selectivity: asFloat32(table.selectivity),
    profile: asUint8(table.profile),
  };
}

function normaliseActivations(activations: NeuronActivations): NeuronActivations {
  return {
    ...activations,
    starts: asInt32(activations.starts),
    ends: asInt32(activations.ends),
    values: asFloat32(activations.values),
  };
}
