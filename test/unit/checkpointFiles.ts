// What the checkpoint tests share: temporary folders, hand-made safetensors files, and a plain second reader that
// says what the first one should have read.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { mapConfiguration } from '../../src/backend/checkpoint/families';
import { SubtextError, type ErrorReason } from '../../src/backend/errors';

/** Tests run in the root of the repository. */
export const parityFolder = resolve('test/fixtures/parity');
export const stories260K = resolve('../shared/data/stories260K');

/** A folder that is removed when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'subtext-checkpoint-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a golden model that a test may spoil. */
export function copyOf(fixture: string): string {
  const folder = temporaryFolder();
  cpSync(join(parityFolder, fixture), folder, { recursive: true });
  return folder;
}

/** Changes keys of the config.json in `folder`; undefined removes a key. */
export function changeConfig(folder: string, changes: Record<string, unknown>): void {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ ...readJson(path), ...changes }));
}

export function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** The bytes of a safetensors file, sound or not; `length` overrides the header's length. */
export function safetensorsBytes(
  header: unknown,
  data: Uint8Array = new Uint8Array(),
  length?: bigint,
): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const lengthBytes = Buffer.alloc(8);
  lengthBytes.writeBigUInt64LE(length ?? BigInt(json.length));
  return Buffer.concat([lengthBytes, json, data]);
}

export interface RawTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** All tensors of a sound safetensors file, read in the plainest way. */
export function rawTensors(path: string): Map<string, RawTensor> {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, RawTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    tensors.set(name, { dtype, shape, bytes: file.subarray(start + offsets[0], start + offsets[1]) });
  }
  return tensors;
}

/** A safetensors file with other tensors than it had. */
export function rewriteTensors(path: string, change: (tensors: Map<string, RawTensor>) => void): void {
  const tensors = rawTensors(path);
  change(tensors);
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, (end += bytes.length)] };
  }
  const data = Buffer.concat([...tensors.values()].map(({ bytes }) => bytes));
  writeFileSync(path, safetensorsBytes(header, data));
}

/** Renames a Mixtral's tensors as `save_pretrained(save_original_format=False)` does, which stacks its experts. */
export function stackExperts(tensors: Map<string, RawTensor>): void {
  for (let layer = 0; tensors.has(`model.layers.${layer}.input_layernorm.weight`); layer++) {
    const [from, to] = [`model.layers.${layer}.block_sparse_moe`, `model.layers.${layer}.mlp`];
    const take = (name: string) => {
      const tensor = tensors.get(`${from}.${name}`)!;
      tensors.delete(`${from}.${name}`);
      return tensor;
    };
    const stack = (matrices: RawTensor[], shape: number[]) => {
      const bytes = Buffer.concat(matrices.map((matrix) => matrix.bytes));
      return { dtype: matrices[0].dtype, shape, bytes };
    };
    const gate = take('gate.weight');
    const count = gate.shape[0];
    const expert = (index: number) => [1, 2, 3].map((n) => take(`experts.${index}.w${n}.weight`));
    const experts = Array.from({ length: count }, (_, index) => expert(index));
    const [size, width] = experts[0][0].shape;
    const gateUp = experts.flatMap(([w1, , w3]) => [w1, w3]);
    const down = experts.map(([, w2]) => w2);
    tensors.set(`${to}.gate.weight`, gate);
    tensors.set(`${to}.experts.gate_up_proj`, stack(gateUp, [count, 2 * size, width]));
    tensors.set(`${to}.experts.down_proj`, stack(down, [count, width, size]));
  }
}

/** The number at `index` of a tensor of floats, decoded from its definition. */
export function rawNumber({ dtype, bytes }: RawTensor, index: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'F32') return view.getFloat32(4 * index, true);
  const bits = view.getUint16(2 * index, true);
  const [exponentBits, fractionBits, bias] = dtype === 'F16' ? [5, 10, 15] : [8, 7, 127];
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const magnitude = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return bits >> 15 ? -magnitude : magnitude;
}

/** Asserts that `work` ends in a SubtextError of this reason, on one line that matches all of `patterns`. */
export async function fails(
  work: Promise<unknown>,
  reason: ErrorReason,
  ...patterns: (RegExp | string)[]
): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SubtextError, `expected a SubtextError, not ${String(error)}`);
  assert.equal(error.reason, reason, error.line);
  assert.doesNotMatch(error.line, /\n/);
  for (const pattern of patterns) {
    if (typeof pattern === 'string')
      assert.ok(error.line.includes(pattern), `${pattern} not in: ${error.line}`);
    else assert.match(error.line, pattern);
  }
}

/** Pseudo-random whole numbers below `limit`, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

export const CONFIG_PATH = '/models/m/config.json';

/** Maps the config.json of a golden model with some keys changed; undefined removes a key. */
export function mapConfig(fixture: string, changes: Record<string, unknown>) {
  const values = { ...readJson(join(parityFolder, fixture, 'config.json')), ...changes };
  return mapConfiguration(CONFIG_PATH, JSON.parse(JSON.stringify(values)) as Record<string, unknown>);
}

export function configurationOf(fixture: string, changes: Record<string, unknown>) {
  return mapConfig(fixture, changes).configuration;
}

/** Asserts that a config.json with some keys changed is refused. */
export function refusesConfig(
  fixture: string,
  changes: Record<string, unknown>,
  ...patterns: (RegExp | string)[]
): Promise<void> {
  const work = Promise.resolve().then(() => mapConfig(fixture, changes));
  return fails(work, 'checkpoint-format', CONFIG_PATH, ...patterns);
}
