// How neurons, heads and pieces of text are called.
import type { HeadId } from '../protocol/attention';
import type { NeuronId } from '../protocol/types';

/** `L7 N54` */
export function neuronName({ layer, neuron }: NeuronId): string {
  return `L${layer} N${neuron}`;
}

/** `L3 H5` */
export function headName({ layer, head }: HeadId): string {
  return `L${layer} H${head}`;
}

/** A piece of text on one line: line ends as ↵, tabs as →, and a lone blank as ·. */
export function visiblePiece(text: string): string {
  const shown = text.replace(/\r\n|\n|\r/g, '↵').replace(/\t/g, '→');
  return /^ +$/.test(shown) ? shown.replace(/ /g, '·') : shown;
}

/** One line of text as Markdown code, whatever is in it. */
export function inlineCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  // Markdown takes away one blank at each end.
  const padding = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

/** Last part of a document's URI, decoded. */
export function documentName(uri: string): string {
  const path = uri.replace(/[?#].*$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1) || path;
  const name = last.replace(/^untitled:/, '');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
