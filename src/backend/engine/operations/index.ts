// All operations. Importing this module fills the table that tests and executors go through.
export * from './activations';
export * from './attend';
export * from './elementwise';
export { halfMatmul } from './halfMatmul';
export * from './indexing';
export { matmul } from './linear';
export * from './linearCrossEntropy';
export * from './norms';
export * from './parts';
export * from './random';
export * from './reductions';
export * from './shape';
export { crossEntropy, logSoftmax, softmax } from './softmax';
export { operations } from '../graph/operation';
