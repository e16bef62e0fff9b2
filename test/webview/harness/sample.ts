// Neuron tables made up for the view tests: a real story's tokens, activations drawn at random but repeatably, and
// statistics computed from them as the protocol says.
import {
  ON_THRESHOLD,
  PROFILE_BINS,
  STRONGEST,
  type NeuronActivations,
  type NeuronId,
  type NeuronTable,
  type NeuronWrites,
  type TextRange,
  type TextSource,
  type TokenColumns,
} from '../../../src/protocol/types';
import { randomFrom } from './random';

const story = `Once upon a time, there was a little girl named Lily. She loved to play outside in the park.
One day, she saw a big, red ball. It was very high in a tree. She wanted to play with it, but she could not reach it.
"Can you help me?" she asked her friend Tom. Tom was tall and kind. He said, "Yes, I can help you!"

Tom climbed the tree. He got the ball and gave it to Lily. Lily was so happy that she hugged him and said, "Thank you, Tom! You are my best friend in the whole wide world." 🎈 They played with the ball until the sun went down.
`;

export interface SampleOptions {
  layers: number;
  neuronsPerLayer: number;
  tokens: number;
  /** Token range that was asked about. */
  selection?: TextRange;
  version?: number;
  windows?: TextSource['windows'];
  document?: string;
  model?: string;
  seed?: number;
}

export interface Sample {
  table: NeuronTable;
  activations(id: NeuronId): NeuronActivations;
  writes(id: NeuronId): NeuronWrites;
}

/** A table, and what belongs to each of its neurons. */
export function makeSample(options: SampleOptions): Sample {
  const { layers, neuronsPerLayer, selection, seed = 1 } = options;
  const tokens = tokenize(options.tokens);
  const length = tokens.pieces.length;
  const scope = selection ?? { start: 0, end: length };
  const neurons = layers * neuronsPerLayer;
  const source: TextSource = {
    uri: `file:///stories/${options.document ?? 'story.txt'}`,
    version: options.version ?? 1,
    model: `/models/${options.model ?? 'stories260K'}`,
    modelName: options.model ?? 'stories260K',
    engine: 'wasm',
    windows: options.windows ?? { count: 1, length, overlap: 0 },
    interventions: 0,
  };
  const table: NeuronTable = {
    source,
    tokens,
    layers,
    neuronsPerLayer,
    scope,
    selected: selection !== undefined,
    maximum: new Float32Array(neurons),
    strongest: new Int32Array(neurons * STRONGEST).fill(-1),
    on: new Float32Array(neurons),
    selectivity: new Float32Array(neurons),
    profile: new Uint8Array(neurons * PROFILE_BINS),
    milliseconds: 38,
  };
  for (let row = 0; row < neurons; row++) fillRow(table, row, valuesOf(tokens, row, seed));
  return {
    table,
    activations: (id) => {
      const values = valuesOf(tokens, id.layer * neuronsPerLayer + id.neuron, seed);
      return { source, id, starts: tokens.starts, ends: tokens.ends, values };
    },
    writes: (id) => writesOf(tokens, id),
  };
}

function tokenize(length: number): TokenColumns {
  const text = story.repeat(Math.ceil(length / 150));
  const pieces = (text.match(/ ?[A-Za-z]+| ?[^A-Za-z\s]+|\s/gu) ?? []).slice(0, length);
  let offset = 0;
  const starts = Int32Array.from(pieces, (piece) => (offset += piece.length) - piece.length);
  const ends = Int32Array.from(pieces, (piece, token) => starts[token] + piece.length);
  return { ids: Int32Array.from(pieces, (_, token) => 400 + (token % 100)), pieces, starts, ends };
}

/** Activations of a neuron that likes one or two words, on a floor of small values as GELU leaves them. */
function valuesOf({ pieces }: TokenColumns, row: number, seed: number): Float32Array {
  const random = randomFrom(seed * 1_000_003 + row);
  const scale = 0.3 + 12 * random() ** 3;
  const likes = new Set([
    pieces[Math.floor(random() * pieces.length)],
    pieces[Math.floor(random() * pieces.length)],
  ]);
  const floor = random() * 0.3;
  return Float32Array.from(pieces, (piece) => {
    if (likes.has(piece)) return scale * (0.5 + 0.5 * random());
    return random() < floor ? scale * 0.3 * random() : -0.17 * random();
  });
}

function fillRow(table: NeuronTable, row: number, values: Float32Array): void {
  const { start, end } = table.scope;
  const inside = values.subarray(start, end);
  const maximum = Math.max(...inside);
  table.maximum[row] = maximum;
  table.on[row] = share(inside, (value) => value > ON_THRESHOLD * maximum);
  const order = Array.from(inside.keys()).sort((a, b) => inside[b] - inside[a]);
  order
    .slice(0, STRONGEST)
    .forEach((token, place) => (table.strongest[row * STRONGEST + place] = start + token));
  if (table.selected) {
    const outside = [...values.subarray(0, start), ...values.subarray(end)];
    table.selectivity[row] = (mean(inside) - mean(outside)) / deviation(values);
  }
  for (let bin = 0; bin < PROFILE_BINS; bin++) {
    const from = Math.floor((bin * inside.length) / PROFILE_BINS);
    const to = Math.max(from + 1, Math.floor(((bin + 1) * inside.length) / PROFILE_BINS));
    const largest = Math.max(0, ...inside.subarray(from, to));
    table.profile[row * PROFILE_BINS + bin] = Math.round((255 * largest) / maximum);
  }
}

function writesOf({ pieces }: TokenColumns, { layer, neuron }: NeuronId): NeuronWrites {
  const random = randomFrom(layer * 5381 + neuron);
  const effects = (sign: number): NeuronWrites['raises'] =>
    Array.from({ length: 10 }, () => random() * 2.4)
      .sort((a, b) => b - a)
      .map((size) => {
        const token = Math.floor(random() * pieces.length);
        return { id: 400 + token, piece: pieces[token], value: sign * size };
      });
  return { id: { layer, neuron }, raises: effects(1), lowers: effects(-1) };
}

function share(values: Float32Array, test: (value: number) => boolean): number {
  return values.filter(test).length / values.length;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: Float32Array): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2))) || 1;
}
