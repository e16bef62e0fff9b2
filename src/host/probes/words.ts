// How *Train Probe…* calls what can be chosen.
import type { ProbeKindChoice, ProbeTarget } from './recipe';

const HOOKS: Record<string, string> = {
  hook_embed: 'Token embedding',
  hook_pos_embed: 'Position embedding',
  'blocks.*.hook_resid_pre': 'Residual stream before each layer',
  'blocks.*.hook_resid_mid': 'Residual stream between attention and MLP',
  'blocks.*.hook_resid_post': 'Residual stream after each layer',
  'blocks.*.hook_attn_out': 'Output of attention',
  'blocks.*.hook_mlp_out': 'Output of the MLP',
  'blocks.*.mlp.hook_post': 'MLP neurons',
  'blocks.*.mlp.hook_pre': 'MLP neurons before the activation function',
  'blocks.*.attn.hook_q': 'Queries',
  'blocks.*.attn.hook_k': 'Keys',
  'blocks.*.attn.hook_v': 'Values',
  'blocks.*.attn.hook_z': 'What heads read, before their output matrix',
  'blocks.*.attn.hook_result': 'What each head writes',
  'ln_final.hook_normalized': 'Normalised stream that the logits are read from',
};

/** undefined for activations that have no other name than their own. */
export function hookWords(hook: string): string | undefined {
  return HOOKS[hook];
}

export const KIND_WORDS: Record<ProbeKindChoice, { label: string; detail: string }> = {
  linear: { label: 'Linear', detail: 'Logistic regression on one activation at one token' },
  ridge: { label: 'Linear, Least Squares', detail: 'Ridge regression in closed form: fastest' },
  'multi-head': {
    label: 'Multi-Head',
    detail: 'Linear, over all tokens weighed by their positions alone (Physics of Language Models 1)',
  },
  diagonal: { label: 'Multi-Head, Diagonal', detail: 'The same, reading each token from itself alone' },
  tridiagonal: {
    label: 'Multi-Head, Tridiagonal',
    detail: 'The same, reading each token from itself and its neighbours',
  },
  'embedding-update': {
    label: 'Embedding Update',
    detail: 'Linear behind a norm, with an update of low rank to the embedding (P- and Q-probing)',
  },
};

type Plain = Exclude<ProbeTarget['kind'], 'pattern' | 'column'>;

export const TARGET_WORDS: Record<Plain, { label: string; detail: string }> = {
  ancestor: { label: 'Ancestor', detail: 'The symbol above each token, at every level' },
  'ancestor-at-ends': { label: 'Ancestor at Ends', detail: 'Only at the last token of each constituent' },
  boundary: { label: 'Boundary', detail: 'Whether a constituent ends at a token, at every level' },
  'next-token': { label: 'Next Token', detail: 'The token that follows' },
  position: { label: 'Position', detail: 'How many tokens stand before it' },
};
