// Activation functions of MLPs.
import { erf as referenceErf } from '../reference/arrays';
import { add, cast, erf, exponential, lessThan, multiply, sigmoid } from './elementwise';
import { oneMinus, unary } from './unary';

export const relu = unary(
  'relu',
  (x) => Math.max(x, 0),
  'Relu',
  (tf, x) => tf.relu(x),
  (x) => cast(lessThan(x.graph.scalar(0), x), 'float32'),
);

/** x · sigmoid(x) (Swish, arXiv 1710.05941). */
export const silu = unary(
  'silu',
  (x) => x / (1 + Math.exp(-x)),
  (emit, x) => emit.node('Mul', [x, emit.node('Sigmoid', [x])]),
  (tf, x) => tf.mul(x, tf.sigmoid(x)),
  (x, y) => {
    const gate = sigmoid(x);
    return add(gate, multiply(y, oneMinus(gate)));
  },
);

/** x · Φ(x), the exact form (GELU, arXiv 1606.08415). */
export const gelu = unary(
  'gelu',
  (x) => 0.5 * x * (1 + referenceErf(x * Math.SQRT1_2)),
  (emit, x) => emit.node('Gelu', [x]),
  (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  (x) => {
    const { graph } = x;
    const half = graph.scalar(0.5);
    const share = add(multiply(half, erf(multiply(x, graph.scalar(Math.SQRT1_2)))), half);
    const density = exponential(multiply(multiply(x, x), graph.scalar(-0.5)));
    return add(share, multiply(x, multiply(density, graph.scalar(1 / Math.sqrt(2 * Math.PI)))));
  },
);

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_BEND = 0.044715;

/** The tanh approximation of `gelu` (ibid.), `gelu_new` in Hugging Face's configurations. */
export const geluTanh = unary(
  'geluTanh',
  (x) => 0.5 * x * (1 + Math.tanh(GELU_SLOPE * (x + GELU_BEND * x ** 3))),
  (emit, x) => emit.node('Gelu', [x], { approximate: 'tanh' }),
  (tf, x) => {
    const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), GELU_BEND)), GELU_SLOPE);
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
  },
  // With the tanh written as a sigmoid: y = x·σ(v), v = 2·slope·(x + bend·x³).
  (x, y) => {
    const { graph } = x;
    const square = multiply(x, x);
    const along = (bend: number) =>
      add(graph.scalar(2 * GELU_SLOPE), multiply(square, graph.scalar(2 * GELU_SLOPE * bend)));
    const gate = sigmoid(multiply(x, along(GELU_BEND)));
    return add(gate, multiply(multiply(y, oneMinus(gate)), along(3 * GELU_BEND)));
  },
);
