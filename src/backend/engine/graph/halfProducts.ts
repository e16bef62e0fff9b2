// Mixed precision (Micikevicius et al. 2018, arXiv 1710.03740) as a rewriting of graphs: matrix products, where the time
// goes, of float16 numbers; everything else, weights and sums among it, in float32.
import { add, cast, halfMatmul, matmul, reshape, slice, softmax, sum, transpose } from '../operations';
import { VALUES_ACROSS } from '../operations/attend';
import { productType, type MatmulAttributes } from '../operations/linear';
import { resolveDimension, unboundNames, type Bindings, type Dimension } from './dimension';
import { Graph, type Node, type Tensor } from './graph';

interface HalfProducts {
  graph: Graph;
  outputs: Map<string, Tensor>;
  updates: Map<string, Tensor>;
}

/** What is wanted of a graph (`Plan`). */
interface Wanted {
  nodes: readonly Node[];
  outputs: ReadonlyMap<string, Tensor>;
  updates: ReadonlyMap<string, Tensor>;
}

/** Of products that are added up in float16: stretches that are computed at once; more take more memory. */
const STRETCHES_AT_ONCE = 16;

/**
 * The same graph with its products in float16. A tensor is rounded once, however many products take it.
 * @param sizes that stay the same in all runs
 * @param stretch how many products may be added up in float16, where an engine does so; their sums are added in float32.
 * There a product stays in float32 if the number of its summands is known only when it runs. Infinity: as many as there are
 */
export function withHalfProducts(plan: Wanted, sizes: Bindings, stretch = Infinity): HalfProducts {
  const graph = new Graph();
  const products = new Products(sizes, stretch);
  const replaced = new Map<Tensor, Tensor>();
  for (const node of plan.nodes) {
    const outputs =
      node.kind === 'operation'
        ? graph.within(node.scope, () => {
            const inputs = node.inputs.map((tensor) => replaced.get(tensor)!);
            return products.of(node, inputs) ?? graph.append({ ...node, inputs, outputs: [] }, node.outputs);
          })
        : graph.append({ ...node, outputs: [] }, node.outputs);
    node.outputs.forEach((tensor, index) => replaced.set(tensor, outputs[index]));
  }
  const named = (tensors: ReadonlyMap<string, Tensor>) =>
    new Map([...tensors].map(([name, tensor]) => [name, replaced.get(tensor)!]));
  return { graph, outputs: named(plan.outputs), updates: named(plan.updates) };
}

class Products {
  /** By what they are made of: each is made once. */
  private readonly made = new Map<string, Tensor>();

  constructor(
    private readonly sizes: Bindings,
    private readonly stretch: number,
  ) {}

  /** What stands in the place of a node that multiplies matrices; undefined for others. */
  of(node: Extract<Node, { kind: 'operation' }>, [a, b]: readonly Tensor[]): Tensor[] | undefined {
    switch (node.forms.name) {
      case 'matmul':
        return [this.product(a, b, node.attributes)];
      case 'attend': {
        const pattern = softmax(a);
        return [this.product(pattern, b, VALUES_ACROSS), pattern];
      }
      default:
        return undefined;
    }
  }

  private product(a: Tensor, b: Tensor, attributes: MatmulAttributes): Tensor {
    const { stretch } = this;
    const { transposeA, transposeB, inFloat32 } = attributes;
    if (inFloat32) return matmul(a, b, attributes);
    const summands = this.sizeOf(a.shape.at(transposeA ? -2 : -1)!);
    if (summands === undefined && stretch < Infinity) return matmul(a, b, attributes);
    if (summands === undefined || summands <= stretch)
      return halfMatmul(this.half(a), this.half(b), attributes);
    const multiplied = (from: number, count: number, length: number) =>
      halfMatmul(
        this.stretches(a, transposeA, from, count, length),
        this.stretches(b, !transposeB, from, count, length),
        attributes,
      );
    const { shape } = productType(a, b, attributes);
    const parts: Tensor[] = [];
    const whole = Math.floor(summands / stretch);
    for (let at = 0; at < whole; at += STRETCHES_AT_ONCE) {
      const sums = multiplied(at * stretch, Math.min(STRETCHES_AT_ONCE, whole - at), stretch);
      parts.push(reshape(sum(sums, [-3]), shape));
    }
    const rest = summands - whole * stretch;
    if (rest > 0) parts.push(reshape(multiplied(whole * stretch, 1, rest), shape));
    return parts.reduce(add);
  }

  private half(x: Tensor): Tensor {
    return this.once(`${x.id}`, () => cast(x, 'float16'));
  }

  /**
   * `count` stretches of the rows, or of the columns, of a tensor from `from` on, as an axis of their own:
   * [..., rows, n] → [..., count, length, n], [..., n, columns] → [..., count, n, length].
   */
  private stretches(x: Tensor, rows: boolean, from: number, count: number, length: number): Tensor {
    return this.once([x.id, rows, from].join(), () => {
      const rank = x.shape.length;
      const axis = rank - (rows ? 2 : 1);
      const to = from + count * length;
      const whole = from === 0 && to === this.sizeOf(x.shape[axis]);
      const cut = whole ? this.half(x) : slice(this.half(x), axis, from, to);
      const apart = cut.shape.toSpliced(axis, 1, count, length);
      if (rows) return reshape(cut, apart);
      // With an axis more than it needs: of three, ONNX Runtime on the processor takes the transposition into the product,
      // and then reads beyond the operand where the other one has more axes.
      const four = rank === 2 ? [1, ...apart] : apart;
      const [last, order] = [four.length - 1, [...four.keys()]];
      return transpose(reshape(cut, four), order.with(last - 2, last - 1).with(last - 1, last - 2));
    });
  }

  private once(key: string, make: () => Tensor): Tensor {
    let tensor = this.made.get(key);
    if (!tensor) this.made.set(key, (tensor = make()));
    return tensor;
  }

  private sizeOf(dimension: Dimension): number | undefined {
    return unboundNames([dimension], this.sizes).length > 0
      ? undefined
      : resolveDimension(dimension, this.sizes);
  }
}
