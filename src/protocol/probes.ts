// Probes: how well a class of every token can be read from a model's activations, beside what chance and an untrained
// model give. `subtext probe --json` prints these, and `results.json` beside the probes holds them.
import type { Direction } from './interventions';

export type ProbeKind = 'linear' | 'multi-head' | 'embedding-update';

/** One probe: a target, at one activation of one model. Shares are of the test split's labelled tokens. */
export interface ProbeResult {
  /** Name of the checkpoint. */
  model: string;
  /** Of the run that it is a checkpoint of; null for others. */
  step: number | null;
  /** `ancestor`, `ancestor-at-ends`, `boundary`, `next-token`, `position`, a column, or a regular expression `/\d+/`. */
  target: string;
  /** Of a grammar's tree, counted from the root's, which is 1; null for targets without. */
  level: number | null;
  /** null for activations outside the layers, such as hook_embed. */
  layer: number | null;
  hook: string;
  kind: ProbeKind;
  accuracy: number;
  /** 95 %; documents are what is drawn at random (see docs/probes.md). */
  ci: [number, number];
  /** Of always naming the class that is most frequent in the training split. */
  majority: number;
  /** Of the same probe on a model of the same shape with first weights; null where the recipe leaves it out. */
  random_init: number | null;
  random_init_ci: [number, number] | null;
  /** Of the same probe with labels in random order; null where the recipe leaves it out. */
  shuffled: number | null;
  shuffled_ci: [number, number] | null;
  /** Labelled tokens, and the documents that those of the test split are of. */
  n_train: number;
  n_test: number;
  documents_test: number;
  classes: string[];
  /** Name of the probe's file in the folder. */
  file: string;
}

/** What `results.json` holds and `subtext probe --json` prints. */
export interface ProbeResults {
  probes: ProbeResult[];
}

/** Files of a folder of probes, besides the probes themselves. */
export const PROBE_FILES = {
  recipe: 'recipe.json',
  results: 'results.json',
  /** Documents of the test split: strings of a grammar, or texts. */
  testStrings: 'test.cfgtext',
  testTexts: 'test.txt',
} as const;

/** A folder of probes: what one recipe made. */
export interface ProbeFolder {
  /** Absolute. */
  path: string;
  /** Its last part, without `.probes`. */
  name: string;
  probes: ProbeResult[];
  /** Absolute path of the file with the documents of the test split, which `ProbeToken` points into. */
  testFile: string;
}

/** How a probe's test tokens fell. */
export interface ProbeConfusion {
  classes: string[];
  /** [classes, classes]: test tokens by true class and the one that was read. */
  counts: Int32Array;
}

/** A token of the test split. */
export interface ProbeToken {
  /** UTF-16 range in the folder's `testFile`. */
  start: number;
  end: number;
  /** The token's text, and some of what stands before and after it in its document. */
  text: string;
  before: string;
  after: string;
}

/** How accuracy runs along the documents of the test split. */
export interface ProbePositions {
  /** What positions count, from 0: tokens of a grammar's string, or UTF-16 units of a text. */
  unit: 'tokens' | 'characters';
  /** Ascending; without those that no test token is in. */
  bins: PositionBin[];
}

/** Test tokens at neighbouring positions of their documents. */
export interface PositionBin {
  /** Positions, the last inclusive. */
  first: number;
  last: number;
  /** Test tokens, and the documents that they are of. */
  tokens: number;
  documents: number;
  accuracy: number;
  /** 95 %, as that of all tokens. */
  ci: [number, number];
  /** Of always naming the class that is most frequent in the training split. */
  majority: number;
}

/** What steers along a probe: a direction, and the short name of the part that is moved along it. */
export interface ProbeSteering {
  part: string;
  direction: Extract<Direction, { kind: 'numbers' }>;
}

/** Which model a probe was trained on. */
export interface ProbeModel {
  name: string;
  /** Ids of the open models that have its weights. */
  open: string[];
  /** Where the checkpoint lay when the probe was trained, if one is there; it may have other weights by now. */
  path: string | null;
}

/** The part whose values an activation is; undefined for activations that cannot be steered. */
export function probedPart(hook: string): string | undefined {
  const [, layer, name] = /^blocks\.(\d+)\.(.*)$/.exec(hook) ?? ['', '0', hook];
  switch (name) {
    case 'hook_resid_pre':
      return `L${layer}.resid`;
    // The stream that leaves a layer is the one that enters the next.
    case 'hook_resid_post':
      return `L${Number(layer) + 1}.resid`;
    case 'hook_attn_out':
      return `L${layer}.attn`;
    case 'hook_mlp_out':
      return `L${layer}.mlp`;
    default:
      return undefined;
  }
}

/** Why one cannot steer along a probe, and what would help; undefined where one can. */
export function steeringProblem({
  hook,
  kind,
}: Pick<ProbeResult, 'hook' | 'kind'>): { message: string; remedy: string } | undefined {
  if (kind === 'embedding-update')
    return {
      message: 'The probe reads behind a norm and an updated embedding, so that it has no direction',
      remedy: 'Train a linear one.',
    };
  if (probedPart(hook) !== undefined) return undefined;
  return {
    message: `The probe reads ${hook}, which cannot be steered`,
    remedy: 'Train one on hook_resid_pre, hook_resid_post, hook_attn_out or hook_mlp_out.',
  };
}

/** A checkpoint by its path, or all checkpoints of a run by its directory, as recipes of probes name them. */
export type ProbedModel = string | { run: string };

/** What can be chosen for probes of a model. */
export interface ProbeChoices {
  layers: number;
  /** Activations with `*` for the layer, in the order of the forward pass. */
  hooks: string[];
  /** Grammars that the model reads; that of its own training comes first. */
  grammars: {
    /** As a recipe names it, with the levels that are dropped at the top. */
    name: string;
    drop: number;
    title: string;
    detail: string;
    /** Between root and terminals. */
    levels: number[];
  }[];
}

export interface ProbeRequests {
  /** `grammar`: the path of one that is asked about; then it is the only one, or the request fails with what is wrong. */
  'subtext/probeChoices': { params: { model: ProbedModel; grammar?: string }; result: ProbeChoices };
  /**
   * What a recipe comes to: its name, and the folder that its probes are kept in beside the first checkpoint; null for a
   * sample model, beside which nothing is written. Fails with the reason `recipe` where the text is no recipe.
   */
  'subtext/checkProbeRecipe': {
    params: { recipe: string; path?: string };
    result: { name: string; folder: string | null };
  };
  /**
   * Trains the probes of a recipe in a process of its own, which ends with the backend; `subtext/progress` tells how
   * far it is, with `stream` in it. Cancelling ends it and leaves no folder.
   * `path`: where the recipe stands, which its files are relative to; `folder`: where the probes are written
   */
  'subtext/trainProbes': {
    params: { recipe: string; path?: string; folder: string; stream: string };
    result: ProbeFolder;
  };
  /** Fails with the reason `probe` where the folder holds no probes, or those of an earlier version. */
  'subtext/openProbes': { params: { path: string }; result: ProbeFolder };
  /**
   * Folders of which some probes were trained on the open model's weights, newest first: beside its checkpoint, and in the
   * given folders, which are folders of probes or hold some.
   */
  'subtext/listProbes': { params: { model: string; folders: string[] }; result: ProbeFolder[] };
  /** `file`: absolute path of a probe. */
  'subtext/probeConfusion': { params: { file: string }; result: ProbeConfusion };
  /**
   * Test tokens of one cell of the confusion, `count` (at most 1000) of them from number `first` on.
   * `true`, `read`: classes by number
   */
  'subtext/probeTokens': {
    params: { file: string; true: number; read: number; first: number; count: number };
    result: { total: number; tokens: ProbeToken[] };
  };
  /** As `probeTokens`, all at once. */
  'subtext/probePositions': { params: { file: string }; result: ProbePositions };
  /**
   * What makes `towards` likelier to a probe and `from` less likely, without which the mean of all classes is. Fails with
   * the reason `probe` for one that has no direction, or no such class.
   */
  'subtext/probeSteering': {
    params: { file: string; towards: string; from?: string };
    result: ProbeSteering;
  };
  'subtext/probeModel': { params: { file: string }; result: ProbeModel };
}
