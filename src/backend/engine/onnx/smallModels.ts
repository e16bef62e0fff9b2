// Models of a node or three that no plan stands behind: to move tensors, and to try what a card has.
import type { DataType } from '../graph/graph';
import { ELEMENT_TYPES } from './elementTypes';
import type { NodeProto } from './proto';
import { encode, encodeAttribute, valueInfo } from './writer';

/** A model that gives what it is given: `from` → `to`, of any size. */
export function copyModel(type: DataType, rank: number): Uint8Array {
  const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
  return encode({
    node: [{ name: 'copy', opType: 'Identity', domain: '', input: ['from'], output: ['to'], attribute: [] }],
    initializer: [],
    input: [valueInfo('from', { type, shape })],
    output: [valueInfo('to', { type, shape })],
  });
}

/** A product of halves, float32 [8, 8] `from` → `to`: what only a card with float16 computes. */
export function halfProductModel(): Uint8Array {
  const type = { type: 'float32', shape: [8, 8] } as const;
  const node = (opType: string, input: string[], output: string, to?: DataType): NodeProto => ({
    name: output,
    opType,
    domain: '',
    input,
    output: [output],
    attribute: to ? [encodeAttribute('to', ELEMENT_TYPES[to])] : [],
  });
  return encode({
    node: [
      node('Cast', ['from'], 'halves', 'float16'),
      node('MatMul', ['halves', 'halves'], 'product'),
      node('Cast', ['product'], 'to', 'float32'),
    ],
    initializer: [],
    input: [valueInfo('from', type)],
    output: [valueInfo('to', type)],
  });
}
