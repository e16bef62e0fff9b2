// Which numbers of which tensors of a family's files are which of our weights; read for reading and for writing.
import { sizeOf } from '../engine/graph/dimension';
import type { TransformerConfiguration } from '../model/configuration';
import { weightShapes } from '../model/weights';
import type { Family, Source, Sources } from './families/family';
import { copyNumbers, rowMajor, type View } from './layout';

/** A tensor of a file, and the weights that lie in it. */
export interface PlacedTensor {
  /** In the file. */
  name: string;
  /** In the file. */
  shape: number[];
  weights: PlacedWeight[];
}

export interface PlacedWeight {
  name: string;
  shape: number[];
  /** What of the weight lies in the tensor: all of it at one place, unless experts lie side by side in the weight. */
  places: { inWeight: View; inTensor: View }[];
}

/**
 * The tensors in which a family keeps the weights of a configuration, in the order of the forward pass.
 * @param sources the family's, or others for files of another form
 * @param inFile what a tensor is called in this file
 */
export function placeWeights(
  family: Family,
  sources: Sources,
  configuration: TransformerConfiguration,
  inFile = (name: string) => name,
): PlacedTensor[] {
  const tensors = new Map<string, PlacedTensor>();
  for (const [weight, shape] of weightShapes(configuration)) {
    const layer = /^blocks\.(\d+)\./.exec(weight)?.[1];
    const key = layer === undefined ? weight : weight.replace(layer, '{}');
    const source = sources[key];
    if (!source) throw new Error(`family ${family.modelType} names no tensor for ${key}`);
    const name = inFile(layer === undefined ? source.tensor : source.tensor.replace('{}', layer));
    for (const part of tensorsOf(source, name, shape, configuration)) {
      const tensor = tensors.get(part.name) ?? { name: part.name, shape: part.shape, weights: [] };
      tensor.weights.push({ name: weight, shape, places: part.places });
      tensors.set(part.name, tensor);
    }
  }
  return [...tensors.values()];
}

/**
 * Takes a weight, or what of it lies in this tensor, out of the tensor.
 * @param tensor all its numbers, as in the file
 * @param before the weight as other tensors have filled it
 * @returns the weight, row-major: `before` if given, and `tensor` itself where the two are the same
 */
export function takeWeight(
  { shape, places }: PlacedWeight,
  tensor: Float32Array,
  before?: Float32Array,
): Float32Array {
  if (!before && isAll(tensor, shape, places[0].inTensor)) return tensor;
  const weight = before ?? new Float32Array(sizeOf(shape));
  for (const { inWeight, inTensor } of places) copyNumbers(tensor, inTensor, weight, inWeight);
  return weight;
}

/** The inverse of `takeWeight`: puts a weight, or what of it belongs there, into a tensor. */
export function putWeight({ places }: PlacedWeight, weight: Float32Array, tensor: Float32Array): void {
  for (const { inWeight, inTensor } of places) copyNumbers(weight, inWeight, tensor, inTensor);
}

/** Whether a weight is all of a tensor, in the same order. */
function isAll(tensor: Float32Array, weight: readonly number[], { sizes, strides }: View): boolean {
  const length = sizeOf(weight);
  return length === tensor.length && length === sizeOf(sizes) && strides.join() === rowMajor(sizes).join();
}

/** The tensors that hold a weight: one, unless each expert has its own. */
function tensorsOf(
  source: Source,
  name: string,
  weight: number[],
  configuration: TransformerConfiguration,
): { name: string; shape: number[]; places: PlacedWeight['places'] }[] {
  if (!source.experts) {
    const inTensor = source.view(weight, configuration);
    const inWeight = { offset: 0, sizes: inTensor.sizes, strides: rowMajor(inTensor.sizes) };
    return [{ name, shape: source.shape(weight), places: [{ inWeight, inTensor }] }];
  }
  const { axis, stacked } = source.experts;
  const of = configuration.experts!.num_experts;
  const part = weight.with(axis, weight[axis] / of);
  const shape = source.shape(part);
  const view = source.view(part, configuration);
  const strides = rowMajor(weight);
  const places = Array.from({ length: of }, (_, expert) => ({
    inWeight: { offset: expert * part[axis] * strides[axis], sizes: part, strides },
    inTensor: { ...view, offset: view.offset + (stacked ? expert * sizeOf(shape) : 0) },
  }));
  if (stacked) return [{ name, shape: [of, ...shape], places }];
  return places.map((place, expert) => {
    return { name: name.replace('{expert}', String(expert)), shape, places: [place] };
  });
}
