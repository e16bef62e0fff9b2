// Writes a plan as an ONNX model. Weights are never in it: they are inputs, or constants that lie outside it.
import { resolveShape, unboundNames, type Bindings, type Dimension, type Shape } from '../graph/dimension';
import { graphError, type DataType, type Tensor, type TensorData, type TensorType } from '../graph/graph';
import type { OnnxAttributes, OnnxEmitter } from '../graph/operation';
import { numbersOf, stored } from '../graph/storage';
import type { Plan } from '../executor';
import { nodeName } from '../failures';
import { crossingType, ELEMENT_TYPES, heldAs } from './elementTypes';
import { Exits } from './exits';
import { withSequence } from './inPlace';
import { roundToBfloat16, roundToFloat16 } from './rounding';
import {
  ATTRIBUTE_FLOAT,
  ATTRIBUTE_INT,
  ATTRIBUTE_INTS,
  ATTRIBUTE_STRING,
  encodeModel,
  EXTERNAL_DATA,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './proto';

/** Opset 20 is the first with Gelu; ONNX 1.16 and later read it. */
const OPSET = 20;
const IR_VERSION = 10;

/**
 * Serialises the plan; inputs, weights and what leaves keep their names, prefixed with their kind.
 * @param packed weights that are constants outside the file, under the location `sourceName('weight', name)`, for the
 * runtime to pack as it likes; all others are inputs, given with every run and shared by all models of a checkpoint
 * @param float16 whether the provider multiplies in it
 */
export function writeOnnx(
  plan: Plan,
  provider: OnnxEmitter['provider'],
  packed: { has(name: string): boolean } = new Set(),
  sizes: Bindings = new Map(),
  exits = new Exits(plan.outputs),
  float16 = false,
): Uint8Array {
  const emitter = new Emitter(provider, sizes, float16);
  const names = new Map<number, string>();
  const inputs: ValueInfoProto[] = [];
  const crossing = ({ type, shape }: Tensor) => ({ type: crossingType(type, provider), shape });
  for (const node of plan.nodes) {
    switch (node.kind) {
      case 'input':
      case 'weight': {
        const name = sourceName(node.kind, node.name);
        const [tensor] = node.outputs;
        const constant = node.kind === 'weight' && packed.has(node.name);
        emitter.begin(name);
        if (constant) emitter.external(name, tensor);
        else inputs.push(valueInfo(name, crossing(tensor)));
        names.set(tensor.id, constant ? name : emitter.cast(name, crossing(tensor).type, tensor.type));
        break;
      }
      case 'constant':
        names.set(node.outputs[0].id, emitter.constant(node.value));
        break;
      case 'operation': {
        const given = node.inputs.map((tensor) => names.get(tensor.id)!);
        const types = { inputs: node.inputs, outputs: node.outputs };
        emitter.begin(nodeName(plan, node));
        const results = node.forms.onnx(emitter, given, node.attributes, types);
        node.outputs.forEach((tensor, index) => names.set(tensor.id, results[index]));
      }
    }
  }
  /** What crosses as a wider type is rounded outside. */
  const held = (tensor: Tensor) => {
    const value = names.get(tensor.id)!;
    const { type } = crossing(tensor);
    return heldAs(tensor.type, provider, float16) === type ? value : emitter.cast(value, tensor.type, type);
  };
  const leave = (name: string, tensors: readonly Tensor[]) => {
    emitter.begin(name);
    const values = tensors.map(held);
    const { type, shape } = crossing(tensors[0]);
    const joined = values.length > 1;
    emitter.output(joined ? emitter.node('Concat', values, { axis: 0 }) : values[0], name);
    return valueInfo(name, { type, shape: joined ? [name, ...shape.slice(1)] : shape });
  };
  const outputs = [
    ...exits.all.map(({ name, tensors }) => leave(sourceName('output', name), tensors)),
    ...[...plan.updates].map(([name, tensor]) => leave(sourceName('update', name), [tensor])),
  ];
  const graph = { node: emitter.finished(), initializer: emitter.constants, input: inputs, output: outputs };
  return encode(provider === 'cpu' ? withSequence(graph) : graph);
}

/** The file of a graph in the operators that Subtext writes. */
export function encode(graph: Omit<ModelProto['graph'], 'name'>): Uint8Array {
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'subtext',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: { name: 'subtext', ...graph },
  });
}

export function sourceName(kind: 'input' | 'weight' | 'output' | 'update', name: string): string {
  return `${kind}:${name}`;
}

export function valueInfo(name: string, { type, shape }: TensorType): ValueInfoProto {
  const dim = shape.map((dimension) =>
    typeof dimension === 'number' ? { dimValue: dimension } : { dimParam: dimension },
  );
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

/** Operators whose last outputs may be left out. */
const OPTIONAL_OUTPUTS = new Set(['LayerNormalization']);

class Emitter implements OnnxEmitter {
  /** Of the nodes that are written now, and how many they are. */
  private part = { name: '', nodes: 0 };
  private readonly written: NodeProto[] = [];
  private readonly computed = new Set<string>();
  /** What an operator gives, by the operator and what it is given: the same call twice is written once. */
  private readonly calls = new Map<string, string[]>();
  /** Names under which computed values leave the model. */
  private readonly outputs = new Map<string, string>();
  readonly constants: TensorProto[] = [];
  private readonly constantNames = new Map<string, string>();
  private count = 0;

  constructor(
    readonly provider: OnnxEmitter['provider'],
    private readonly sizes: Bindings,
    readonly hasFloat16: boolean,
  ) {}

  known(shape: Shape): number[] | undefined {
    return unboundNames(shape, this.sizes).length > 0 ? undefined : resolveShape(shape, this.sizes);
  }

  /** Names the nodes written from now on: the runtime's messages say it. */
  begin(name: string): void {
    this.part = { name, nodes: 0 };
  }

  node(operator: string, inputs: readonly string[], attributes?: OnnxAttributes, domain = ''): string {
    return this.append(operator, inputs, 1, attributes, domain)[0];
  }

  nodes(operator: string, inputs: readonly string[], outputs: number, attributes?: OnnxAttributes): string[] {
    return this.append(operator, inputs, outputs, attributes, '');
  }

  /**
   * Makes a value an output of the model. It is computed under that name; only a value that is not computed here, or that
   * is an output already, is copied.
   */
  output(value: string, name: string): void {
    if (this.computed.has(value) && !this.outputs.has(value)) this.outputs.set(value, name);
    else this.write('Identity', [value], [name]);
  }

  /**
   * The nodes whose values are read, with the names of the model's outputs, and without optional ones that nobody reads:
   * runtimes fuse such nodes.
   */
  finished(): NodeProto[] {
    const named = (value: string) => this.outputs.get(value) ?? value;
    const read = new Set(this.outputs.keys());
    const isRead = (value: string) => !this.computed.has(value) || read.has(value);
    const kept: NodeProto[] = [];
    for (const node of this.written.toReversed()) {
      const last = node.output.findLastIndex(isRead);
      if (last < 0) continue;
      for (const value of node.input) read.add(value);
      const output = OPTIONAL_OUTPUTS.has(node.opType) ? node.output.slice(0, last + 1) : node.output;
      kept.push({ ...node, input: node.input.map(named), output: output.map(named) });
    }
    return kept.toReversed();
  }

  int64(values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.initializer(`i${values.join()}`, {
      dims: [values.length],
      dataType: ELEMENT_TYPES.int64,
      rawData,
    });
  }

  int32(value: number): string {
    return this.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
  }

  float(value: number): string {
    return this.constant({ type: 'float32', shape: [], data: new Float32Array([value]) });
  }

  constant(value: TensorData): string {
    const type = this.heldAs(value.type);
    const { shape } = value;
    const data = type === value.type ? value.data : stored(type, numbersOf(value));
    const raw = type === 'int64' ? BigInt64Array.from(data, BigInt) : data;
    const rawData = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
    const key = `${type}${shape.join()}:${data.length > 16 ? `#${this.count++}` : data.join()}`;
    return this.initializer(key, { dims: shape, dataType: ELEMENT_TYPES[type], rawData });
  }

  cast(value: string, from: DataType, to: DataType): string {
    if (from === to) return value;
    const [held, wanted] = [from, to].map((type) => this.heldAs(type));
    if (wanted !== to && wanted === 'float32' && from !== to) {
      const number = this.cast(value, from, 'float32');
      return to === 'float16' ? roundToFloat16(this, number) : roundToBfloat16(this, number);
    }
    return held === wanted ? value : this.node('Cast', [value], { to: ELEMENT_TYPES[wanted] });
  }

  /** A constant whose numbers are given to the runtime apart. */
  external(name: string, { type, shape }: Tensor): void {
    this.constants.push({
      name,
      dims: shape as number[],
      dataType: ELEMENT_TYPES[type],
      externalData: [{ key: 'location', value: name }],
      dataLocation: EXTERNAL_DATA,
    });
  }

  reshapeTarget(from: Shape, to: readonly Dimension[]): string {
    return this.int64(reshapeTarget(from, to));
  }

  private heldAs(type: DataType): DataType {
    return heldAs(type, this.provider, this.hasFloat16);
  }

  private append(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: OnnxAttributes | undefined,
    domain: string,
  ): string[] {
    const call = JSON.stringify([domain, operator, inputs, outputs, attributes]);
    const known = this.calls.get(call);
    if (known) return known;
    const output = Array.from({ length: outputs }, () => `t${this.count++}`);
    for (const value of output) this.computed.add(value);
    this.calls.set(call, output);
    this.write(operator, inputs, output, attributes, domain);
    return output;
  }

  private write(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: OnnxAttributes = {},
    domain = '',
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
    // Unique, as the runtime wants it.
    const name = `${this.part.name}.${this.part.nodes++}`;
    this.written.push({ name, opType, domain, input, output, attribute });
  }

  private initializer(key: string, tensor: Omit<TensorProto, 'name'>): string {
    let name = this.constantNames.get(key);
    if (name === undefined) {
      name = `c${this.constants.length}`;
      this.constantNames.set(key, name);
      this.constants.push({ name, ...tensor });
    }
    return name;
  }
}

/**
 * The shape argument of ONNX's Reshape: numbers where known, 0 where the dimension of the same axis is copied, and
 * -1 for at most one that follows from the rest.
 */
export function reshapeTarget(from: Shape, to: readonly Dimension[]): number[] {
  const target = to.map((dimension, axis) => {
    if (typeof dimension === 'number') return dimension;
    return from[axis] === dimension ? 0 : -1;
  });
  if (target.filter((size) => size === -1).length > 1) {
    throw graphError(`reshape from [${from.join()}] to [${to.join()}] leaves two sizes open`);
  }
  return target;
}

export function encodeAttribute(name: string, value: OnnxAttributes[string]): AttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_INT, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: ATTRIBUTE_FLOAT, f: value.float };
  return { name, type: ATTRIBUTE_INTS, ints: value };
}
