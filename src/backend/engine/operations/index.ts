// All operations. Importing this module fills the table that tests and executors go through.
export * from './elementwise';
export * from './indexing';
export * from './linear';
export * from './norms';
export * from './reductions';
export * from './shape';
export * from './softmax';
export { operations } from '../graph/operation';
