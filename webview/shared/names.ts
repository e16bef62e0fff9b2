// How documents and models are called, and what a view knows of them before the host says anything.
import type { ViewStatus } from '../../src/protocol/views';

/** A document's name, as the host calls it: the last part of its URI without query, fragment and `untitled:`. */
export function documentName(uri: string): string {
  return lastName(uri.replace(/[?#].*$/, '')).replace(/^untitled:/, '');
}

/** The status on load: of what was shown before a reload, it is being read again. */
export function initialStatus({ uri, model }: { uri?: string; model?: string }): ViewStatus {
  if (uri === undefined || model === undefined) return { phase: 'empty', modelOpen: false };
  return { phase: 'loading', document: documentName(uri), model: lastName(model), modelOpen: true };
}

/** The last part of a path or URI. */
function lastName(path: string): string {
  const name = path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1)!;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
