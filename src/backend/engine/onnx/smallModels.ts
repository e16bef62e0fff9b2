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

/** A model that adds a number to itself, float32 [1] `from` → `to`. */
export function doublingModel(): Uint8Array {
  const type = { type: 'float32', shape: [1] } as const;
  return encode({
    node: [
      {
        name: 'double',
        opType: 'Add',
        domain: '',
        input: ['from', 'from'],
        output: ['to'],
        attribute: [],
      },
    ],
    initializer: [],
    input: [valueInfo('from', type)],
    output: [valueInfo('to', type)],
  });
}

/** A product in float16: float32 `left` [side, summands] and `right` [summands, side] → float32 `product` [side, side]. */
export function halfProductModel(side: number, summands: number): Uint8Array {
  const type = (...shape: number[]) => ({ type: 'float32', shape }) as const;
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
      node('Cast', ['left'], 'left half', 'float16'),
      node('Cast', ['right'], 'right half', 'float16'),
      node('MatMul', ['left half', 'right half'], 'half'),
      node('Cast', ['half'], 'product', 'float32'),
    ],
    initializer: [],
    input: [valueInfo('left', type(side, summands)), valueInfo('right', type(summands, side))],
    output: [valueInfo('product', type(side, side))],
  });
}
