// A llama2.c checkpoint with random weights, written on the spot: the flow needs a model, not a good one.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const shape = { dim: 16, hidden: 24, layers: 2, heads: 4, keyValueHeads: 2, context: 64 };
const letters = ' abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,!?"\n';

/** Writes the model with its tokenizer into a new folder; the same weights every time. */
export async function writeSmallModel(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-model-'));
  const pieces = ['<unk>', '\n<s>\n', '\n</s>\n'];
  for (let byte = 0; byte < 256; byte++) {
    pieces.push(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  }
  pieces.push(...Array.from(letters), 'Li', 'ly', 'Lily', ' Lily', 'he', ' s', ' she');
  await writeFile(join(folder, 'model.bin'), weights(pieces.length));
  await writeFile(join(folder, 'tokenizer.bin'), vocabulary(pieces));
  return folder;
}

/** The header, then the parts in the order of run.c. */
function weights(vocabularySize: number): Uint8Array {
  const { dim, hidden, layers, heads, keyValueHeads, context } = shape;
  const keys = (dim / heads) * keyValueHeads;
  const ones = (length: number) => new Float32Array(length).fill(1);
  const random = randomNumbers(1);
  const normal = (length: number) => Float32Array.from({ length }, () => (random() - 0.5) * 0.8);
  const parts = [
    normal(vocabularySize * dim),
    ones(layers * dim),
    normal(layers * dim * dim),
    normal(layers * dim * keys),
    normal(layers * dim * keys),
    normal(layers * dim * dim),
    ones(layers * dim),
    normal(layers * dim * hidden),
    normal(layers * dim * hidden),
    normal(layers * dim * hidden),
    ones(dim),
    new Float32Array(context * (dim / heads)),
  ];
  const header = Int32Array.of(dim, hidden, layers, heads, keyValueHeads, vocabularySize, context);
  return Buffer.concat([header, ...parts].map(bytesOf));
}

function vocabulary(pieces: readonly string[]): Uint8Array {
  const longest = Math.max(...pieces.map((piece) => Buffer.byteLength(piece)));
  const entries = pieces.flatMap((piece, id) => [
    bytesOf(Float32Array.of(-id)),
    bytesOf(Int32Array.of(Buffer.byteLength(piece))),
    Buffer.from(piece),
  ]);
  return Buffer.concat([bytesOf(Int32Array.of(longest)), ...entries]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Park and Miller's generator: numbers in 0…1, the same for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
