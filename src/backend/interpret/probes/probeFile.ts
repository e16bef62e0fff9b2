// A probe on disk: a safetensors file with its parameters and, in the metadata, what it is and how good it was.
// docs/probes.md describes it.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SubtextError } from '../../errors';
import { formatError } from '../../files';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { readSafetensors, SafetensorsFile } from '../../checkpoint/safetensors';
import { writeSafetensors } from '../../checkpoint/safetensorsWriter';
import type { NamedTensors } from '../../engine/executor';
import type { TensorData } from '../../engine/graph/graph';

export const PROBE_ENDING = '.probe.safetensors';
/** Key of the metadata that holds the header, as JSON. */
const HEADER = 'subtext_probe';
const VERSION = 1;

const share = z.number().min(0).max(1).nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('linear') }),
  z.object({
    kind: z.literal('multi-head'),
    heads: z.int().min(1).max(4096),
    width: z.int().min(1).max(65536),
    positions: z.int().min(1).max(1_000_000),
    locality: z.enum(['all', 'diagonal', 'tridiagonal']),
  }),
  z.object({
    kind: z.literal('embedding-update'),
    rank: z.int().min(1).max(65536),
    norm: z.enum(['layer', 'batch']),
    vocabulary: z.int().min(1).max(10_000_000),
    embedding: z.int().min(1).max(1_000_000),
  }),
]);

/** What `results.json` says of a probe too. */
export const measured = z.object({
  model: z.string(),
  step: z.int().nullable(),
  target: z.string(),
  level: z.int().nullable(),
  hook: z.string(),
  layer: z.int().nullable(),
  classes: z.array(z.string()).min(2).max(4096),
  accuracy: z.number(),
  ci: z.tuple([z.number(), z.number()]),
  majority: z.number(),
  random_init: share,
  random_init_ci: interval,
  shuffled: share,
  shuffled_ci: interval,
  n_train: z.int(),
  n_test: z.int().min(1),
  documents_test: z.int(),
});

const header = measured.extend({
  version: z.literal(VERSION),
  fingerprint: z.string(),
  width: z.int().min(1).max(1_000_000),
  probe: shape,
  trained_steps: z.int().nullable(),
  seed: z.int(),
});

export type ProbeHeader = z.output<typeof header>;

/** A probe as it is kept: it reads activations as they are. */
export interface StoredProbe {
  header: ProbeHeader;
  /** linear: `W` [width, classes], `b` [classes]. multi-head: see `MultiHeadForm`, embedding-update: `EmbeddingForm`. */
  parameters: NamedTensors;
  /** [classes, classes]: examples of the test split by true class and the one that was read. */
  confusion: Int32Array;
  /** [n_test, 4]: UTF-16 range in the folder's test documents, true class, read class. */
  places: Int32Array;
}

/** @throws SubtextError `file-access` */
export async function writeProbe(
  path: string,
  { header: own, parameters, confusion, places }: StoredProbe,
): Promise<void> {
  const { length } = own.classes;
  const tensors = new Map(
    [...parameters].map(([name, { shape: sizes, data }]) => [
      name,
      { shape: sizes, data: data as Float32Array },
    ]),
  );
  await writeSafetensors(
    path,
    new Map<string, { shape: readonly number[]; data: Float32Array | Int32Array }>([
      ...tensors,
      ['confusion', { shape: [length, length], data: confusion }],
      ['places', { shape: [own.n_test, 4], data: places }],
    ]),
    { [HEADER]: JSON.stringify(own) },
  );
}

/** What a file says of its probe. @throws SubtextError as `readProbe` */
export async function readProbeHeader(path: string): Promise<ProbeHeader> {
  const file = await SafetensorsFile.open(path);
  try {
    return headerIn(file.metadata, path);
  } finally {
    await file.close();
  }
}

function headerIn(metadata: ReadonlyMap<string, string>, path: string): ProbeHeader {
  const found = header.safeParse(parsed(metadata.get(HEADER)));
  if (found.success) return found.data;
  throw formatError(path, 'is no probe', 'Name a file that `subtext probe` wrote.');
}

/** @throws SubtextError `not-found`, `file-access`; `checkpoint-format` for what is no probe */
export async function readProbe(path: string): Promise<StoredProbe> {
  const { tensors, metadata } = await readSafetensors(path);
  const own = headerIn(metadata, path);
  const expected = parameterShapes(own);
  expected.set('confusion', [own.classes.length, own.classes.length]);
  expected.set('places', [own.n_test, 4]);
  for (const [name, sizes] of expected) {
    if (tensors.get(name)?.shape.join() === sizes.join()) continue;
    throw formatError(path, `has no ${name} of [${sizes.join()}]`, 'Train the probe again.');
  }
  const counts = (name: string) => Int32Array.from(tensors.get(name)!.data as Int32Array);
  for (const name of ['confusion', 'places']) expected.delete(name);
  return {
    header: own,
    parameters: new Map(
      [...expected].map(([name, sizes]): [string, TensorData] => [
        name,
        { type: 'float32', shape: sizes, data: Float32Array.from(tensors.get(name)!.data as Float32Array) },
      ]),
    ),
    confusion: counts('confusion'),
    places: counts('places'),
  };
}

function parameterShapes({ width, classes, probe }: ProbeHeader): Map<string, number[]> {
  const { length } = classes;
  switch (probe.kind) {
    case 'linear':
      return new Map([
        ['W', [width, length]],
        ['b', [length]],
      ]);
    case 'multi-head':
      return new Map([
        ['P', [probe.positions, probe.heads * probe.width]],
        ['F', [width, probe.heads * length]],
        ['b', [length]],
      ]);
    case 'embedding-update':
      return new Map([
        ['A', [probe.vocabulary, probe.rank]],
        ['B', [probe.rank, probe.embedding]],
        ...['gain', 'offset', ...(probe.norm === 'batch' ? ['mean', 'variance'] : [])].map(
          (name): [string, number[]] => [name, [width]],
        ),
        ['W', [width, length]],
        ['b', [length]],
      ]);
  }
}

/** Weights of an open model do not change, and there are many of them. */
const fingerprints = new WeakMap<Checkpoint['weights'], string>();

/** Tells weights apart: the same for the same numbers, whatever file they come from. */
export function fingerprintOf({ weights }: Checkpoint): string {
  const known = fingerprints.get(weights);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const [name, { shape: sizes, data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} ${sizes.join()}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const found = hash.digest('hex');
  fingerprints.set(weights, found);
  return found;
}

/** @throws SubtextError `probe` for a probe that was trained on other weights */
export function checkProbeFits({ header: own }: StoredProbe, checkpoint: Checkpoint): void {
  if (own.fingerprint === fingerprintOf(checkpoint)) return;
  throw new SubtextError(
    'probe',
    `The probe ${own.target} at ${own.hook} was trained on ${own.model}, and ${checkpoint.path} has other weights`,
    'Open the checkpoint that it was trained on, or train a probe on this one.',
  );
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
