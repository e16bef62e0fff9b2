// Interventions as data: parts of a model switched off, scaled, steered or given the values of another text. The same list
// stands in the panel, in a file `*.interventions.json` and on the command line; their short text form is read and
// written here and nowhere else.
import type { TextRange } from './types';

/**
 * A part of a model. Layers count from 0. `residual` is the stream that enters a layer; the layer after the last stands
 * for the stream that leaves the model, from which the logits are read.
 */
export type Part =
  | { kind: 'neuron'; layer: number; neuron: number }
  | { kind: 'head'; layer: number; head: number }
  | { kind: 'attention' | 'mlp' | 'residual'; layer: number };

/** A text, and the tokens in it that count: all, or those that touch a range. */
export interface Passage {
  text: string;
  range?: TextRange;
}

/** What a part that writes to the residual stream is steered along, [d_model]. Not normalised. */
export type Direction =
  /** The output weights of a neuron, by its short name `L2N17`. */
  | { kind: 'neuron'; neuron: string }
  /** Mean of the part's own values over one passage, minus that over another. */
  | { kind: 'difference'; towards: Passage; from: Passage }
  /** Given numbers, such as a probe's; `name` says what they are. */
  | { kind: 'numbers'; values: number[]; name?: string };

export type Change =
  /** The part's values become zero, or their mean over the text that is read. */
  | { kind: 'ablate'; to: 'zero' | 'mean' }
  | { kind: 'scale'; factor: number }
  /**
   * factor × direction is added at every token. A neuron has no direction: the factor is added to its activation, so that
   * it writes that much more of its output weights.
   */
  | { kind: 'steer'; factor: number; direction?: Direction }
  /**
   * The part's values become those of another text, token by token. `equal` wants as many tokens in both;
   * `subsequence` patches those that correspond (see `TokenAlignment`) and leaves the others.
   */
  | { kind: 'patch'; text: string; align: 'equal' | 'subsequence' };

export interface Intervention {
  /** Unique in its list; the list's owner chooses it. */
  id: string;
  /** One that is off stays in the list and does nothing. */
  on: boolean;
  /** Short name of the part: `L3H5`, `L2N17`, `L1.attn`, `L1.mlp`, `L1.resid`. */
  part: string;
  change: Change;
}

/** What a file `*.interventions.json` holds. */
export interface InterventionFile {
  /** Name of the model that they were made for; to be told, never checked. */
  model?: string;
  interventions: Intervention[];
}

/** What became of one entry of a list for a model. */
export interface InterventionState {
  id: string;
  /** What it does, in words: 'L3H5 writes nothing'; the same whether it is on or off. */
  does?: string;
  /** Why it cannot be applied to this model; then it is left out. */
  problem?: string;
}

const BLOCKS = { attn: 'attention', mlp: 'mlp', resid: 'residual' } as const;

/** `L3H5`, `L2N17`, `L1.attn`, `L1.mlp`, `L1.resid`; undefined for anything else. */
export function parsePart(text: string): Part | undefined {
  const match = /^L(\d{1,6})(?:([HN])(\d{1,9})|\.(attn|mlp|resid))$/.exec(text);
  if (!match) return undefined;
  const layer = Number(match[1]);
  const index = Number(match[3]);
  if (match[2] === 'H') return { kind: 'head', layer, head: index };
  if (match[2] === 'N') return { kind: 'neuron', layer, neuron: index };
  return { kind: BLOCKS[match[4] as keyof typeof BLOCKS], layer };
}

export function printPart(part: Part): string {
  switch (part.kind) {
    case 'neuron':
      return `L${part.layer}N${part.neuron}`;
    case 'head':
      return `L${part.layer}H${part.head}`;
    case 'attention':
      return `L${part.layer}.attn`;
    case 'mlp':
      return `L${part.layer}.mlp`;
    case 'residual':
      return `L${part.layer}.resid`;
  }
}

/** The verbs of the short form, which are options of the command line too. */
export const INTERVENTION_VERBS = ['ablate', 'ablate-mean', 'scale', 'steer'] as const;
export type InterventionVerb = (typeof INTERVENTION_VERBS)[number];

/**
 * What stands behind a verb: `L3H5` for `ablate` and `ablate-mean`, `L2N17=0.5` for `scale`, `L2N17=4` or, along a neuron's
 * output weights, `L4.resid=4*L2N17` for `steer`. Undefined for anything else.
 */
export function parseIntervention(
  verb: InterventionVerb,
  text: string,
): Pick<Intervention, 'part' | 'change'> | undefined {
  const [part, ...values] = text.split('=');
  const value = values.at(0);
  if (!parsePart(part) || values.length > 1) return undefined;
  if (verb === 'ablate' || verb === 'ablate-mean') {
    const to = verb === 'ablate' ? 'zero' : 'mean';
    return value === undefined ? { part, change: { kind: 'ablate', to } } : undefined;
  }
  const [number, ...neurons] = (value ?? '').split('*');
  const neuron = neurons.at(0);
  const factor = number.trim() === '' ? NaN : Number(number);
  if (!Number.isFinite(factor) || neurons.length > 1) return undefined;
  if (neuron === undefined) return { part, change: { kind: verb, factor } };
  if (verb !== 'steer' || parsePart(neuron)?.kind !== 'neuron') return undefined;
  return { part, change: { kind: 'steer', factor, direction: { kind: 'neuron', neuron } } };
}

/** One line for lists: the short form, and for what has none (texts, numbers) the same with a word in its place. */
export function printIntervention({ part, change }: Pick<Intervention, 'part' | 'change'>): string {
  switch (change.kind) {
    case 'ablate':
      return `${change.to === 'zero' ? 'ablate' : 'ablate-mean'} ${part}`;
    case 'scale':
      return `scale ${part}=${change.factor}`;
    case 'steer':
      return `steer ${part}=${change.factor}${change.direction ? `*${directionName(change.direction)}` : ''}`;
    case 'patch':
      return `patch ${part}`;
  }
}

function directionName(direction: Direction): string {
  switch (direction.kind) {
    case 'neuron':
      return direction.neuron;
    case 'difference':
      return 'difference';
    case 'numbers':
      return direction.name ?? 'numbers';
  }
}
