// The host's messages about a sample.
import type { ToNeuronsView, ViewStatus } from '../../../src/protocol/views';
import type { Sample } from './sample';

/** The status that goes with a sample. */
export function readyStatus({ table: { source } }: Sample): ViewStatus {
  const document = source.uri.split('/').at(-1)!;
  return { phase: 'ready', document, model: source.modelName, engine: source.engine, modelOpen: true };
}

/** The message that shows a sample. */
export function tableMessage({ table }: Sample): Extract<ToNeuronsView, { type: 'table' }> {
  const { tokens, scope, source, selected } = table;
  const selection = { start: tokens.starts[scope.start], end: tokens.ends[scope.end - 1] };
  return {
    type: 'table',
    table,
    question: { uri: source.uri, model: source.model, ...(selected && { selection }) },
  };
}
