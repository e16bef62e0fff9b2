// All operations. Importing this module fills the table that tests and executors go through.
export * from './elementwise';
export * from './linear';
export * from './rows';
export * from './shape';
export { operations } from '../graph/operation';
