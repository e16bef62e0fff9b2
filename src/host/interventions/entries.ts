// What a person types into the questions about interventions, and what is wrong with it. No 'vscode'.
import { parsePart, type Part, printPart } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';

type Sizes = Pick<ModelSummary, 'name' | 'layers' | 'heads' | 'neuronsPerLayer'>;

/** Examples that a question shows. */
export const PART_EXAMPLES = 'a head L3H5, a neuron L2N17, or L1.attn, L1.mlp, L1.resid';

/** The part that is meant, in any case and with blanks: `l3 h5` is L3H5. Undefined for anything else. */
export function partTyped(text: string): Part | undefined {
  const plain = text.replace(/\s+/g, '').toLowerCase();
  const upper = plain
    .replace(/^l/, 'L')
    .replace(/h(?=\d)/, 'H')
    .replace(/n(?=\d)/, 'N');
  return parsePart(upper);
}

/** Why what was typed is no part of the model; undefined where it is one. */
export function partProblem(text: string, model: Sizes): string | undefined {
  const part = partTyped(text);
  if (!part) return `Type ${PART_EXAMPLES}.`;
  const { name, layers, heads, neuronsPerLayer } = model;
  // The stream that leaves the last layer is one further.
  const last = part.kind === 'residual' ? layers : layers - 1;
  if (part.layer > last) return `${name} has no ${printPart(part)}: its layers are L0 to L${last}.`;
  if (part.kind === 'head' && part.head >= heads) {
    return `${name} has no ${printPart(part)}: its heads are H0 to H${heads - 1}.`;
  }
  if (part.kind === 'neuron' && part.neuron >= neuronsPerLayer) {
    return `${name} has no ${printPart(part)}: its neurons are N0 to N${neuronsPerLayer - 1}.`;
  }
  return undefined;
}

/** Why a typed part cannot be steered along a neuron's output; undefined where it can. */
export function neuronProblem(text: string, model: Sizes): string | undefined {
  const part = partTyped(text);
  if (part?.kind !== 'neuron') return 'Type a neuron, such as L2N17.';
  return partProblem(text, model);
}

/** A number as a person types it, also with a decimal comma or a real minus; undefined for anything else. */
export function numberTyped(text: string): number | undefined {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  const number = plain === '' ? NaN : Number(plain);
  return Number.isFinite(number) ? number : undefined;
}
