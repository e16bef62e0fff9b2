// The part of the ONNX file format that Subtext writes, as a descriptor for protobufjs.
// Names and field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { Root, type Type } from 'protobufjs/light';

type Fields = Record<string, { type: string; id: number; rule?: 'repeated' }>;

const many = (type: string, id: number) => ({ type, id, rule: 'repeated' as const });
const message = (fields: Fields) => ({ fields });

const root = Root.fromJSON({
  nested: {
    ModelProto: message({
      irVersion: { type: 'int64', id: 1 },
      producerName: { type: 'string', id: 2 },
      graph: { type: 'GraphProto', id: 7 },
      opsetImport: many('OperatorSetIdProto', 8),
    }),
    OperatorSetIdProto: message({ domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } }),
    GraphProto: message({
      node: many('NodeProto', 1),
      name: { type: 'string', id: 2 },
      initializer: many('TensorProto', 5),
      input: many('ValueInfoProto', 11),
      output: many('ValueInfoProto', 12),
    }),
    NodeProto: message({
      input: many('string', 1),
      output: many('string', 2),
      name: { type: 'string', id: 3 },
      opType: { type: 'string', id: 4 },
      attribute: many('AttributeProto', 5),
      domain: { type: 'string', id: 7 },
    }),
    AttributeProto: message({
      name: { type: 'string', id: 1 },
      f: { type: 'float', id: 2 },
      i: { type: 'int64', id: 3 },
      s: { type: 'bytes', id: 4 },
      ints: many('int64', 8),
      type: { type: 'int32', id: 20 },
    }),
    TensorProto: message({
      dims: many('int64', 1),
      dataType: { type: 'int32', id: 2 },
      name: { type: 'string', id: 8 },
      rawData: { type: 'bytes', id: 9 },
      externalData: many('StringStringEntryProto', 13),
      dataLocation: { type: 'int32', id: 14 },
    }),
    StringStringEntryProto: message({ key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } }),
    ValueInfoProto: message({ name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } }),
    TypeProto: message({
      tensorType: { type: 'TensorTypeProto', id: 1 },
      sequenceType: { type: 'SequenceTypeProto', id: 4 },
    }),
    SequenceTypeProto: message({ elemType: { type: 'TypeProto', id: 1 } }),
    TensorTypeProto: message({
      elemType: { type: 'int32', id: 1 },
      shape: { type: 'TensorShapeProto', id: 2 },
    }),
    TensorShapeProto: message({ dim: many('DimensionProto', 1) }),
    DimensionProto: message({ dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } }),
  },
});

const modelType: Type = root.lookupType('ModelProto');

/** `TensorProto.DataLocation`. */
export const EXTERNAL_DATA = 1;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_FLOAT = 1;
export const ATTRIBUTE_INT = 2;
export const ATTRIBUTE_STRING = 3;
export const ATTRIBUTE_INTS = 7;

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: readonly number[];
}

export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  input: readonly string[];
  output: readonly string[];
  attribute: AttributeProto[];
}

export interface TensorProto {
  name: string;
  dims: readonly number[];
  dataType: number;
  rawData?: Uint8Array;
  /** With `EXTERNAL_DATA` as `dataLocation`: where the bytes lie instead. */
  externalData?: { key: 'location'; value: string }[];
  dataLocation?: number;
}

export type TypeProto =
  | { tensorType: { elemType: number; shape?: { dim: { dimValue?: number; dimParam?: string }[] } } }
  | { sequenceType: { elemType: TypeProto } };

export interface ValueInfoProto {
  name: string;
  type: TypeProto;
}

export interface ModelProto {
  irVersion: number;
  producerName: string;
  opsetImport: { domain: string; version: number }[];
  graph: {
    name: string;
    node: NodeProto[];
    initializer: TensorProto[];
    input: ValueInfoProto[];
    output: ValueInfoProto[];
  };
}

export function encodeModel(model: ModelProto): Uint8Array {
  return modelType.encode(model).finish();
}
