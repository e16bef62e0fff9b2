// The JSON header of a safetensors file, with every number in it checked before anything relies on it.
// Format: https://huggingface.co/docs/safetensors#format
import type { StoredTensor } from './checkpoint';
import { formatError, isObject, readBytes, shown, type OpenFile } from '../files';
import { dtypeBytes } from './numbers';
import { strictJsonProblem } from './strictJson';

/**
 * A tensor takes about 120 bytes of header, so this is enough for 70,000 of them; parsed, hostile JSON takes up
 * to 30 times its own size in memory. (The safetensors library itself stops at 100 MB.)
 */
const MAX_HEADER_BYTES = 8 * 1024 * 1024;

/** Bytes of the header's length, before the header. */
export const LENGTH_BYTES = 8;

/** A tensor and where its bytes lie, counted from the start of the file; `end` exclusive. */
export interface TensorRange extends StoredTensor {
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  tensors: Map<string, TensorRange>;
  metadata: Map<string, string>;
}

/**
 * Reads and checks the header: the tensors tile the rest of the file, without overlap, hole or remainder, and
 * each is as long as its shape and dtype say.
 * @throws SubtextError `checkpoint-format` with the file and the tensor.
 */
export async function readSafetensorsHeader(file: OpenFile): Promise<SafetensorsHeader> {
  const { path, size } = file;
  if (size === 0) throw formatError(path, 'is empty');
  if (size < LENGTH_BYTES) throw formatError(path, `is cut short: it has ${size} bytes`);
  const lengthBytes = new Uint8Array(LENGTH_BYTES);
  await readBytes(file, lengthBytes, 0);
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (length > BigInt(size - LENGTH_BYTES)) {
    throw formatError(path, `says that its header has ${length.toString()} bytes, but the file has ${size}`);
  }
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw formatError(
      path,
      `has a header of ${length.toString()} bytes, more than the ${MAX_HEADER_BYTES} that are read`,
    );
  }
  const header = new Uint8Array(Number(length));
  await readBytes(file, header, LENGTH_BYTES);
  return parseHeader(header, LENGTH_BYTES + header.length, size, path);
}

function parseHeader(bytes: Uint8Array, start: number, size: number, path: string): SafetensorsHeader {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw formatError(path, 'has a header that is not JSON, so it is no safetensors file');
  }
  if (!isObject(value)) throw formatError(path, 'has a header that is no JSON object');
  const problem = strictJsonProblem(text);
  if (problem !== undefined) throw formatError(path, `has a header that ${problem}`);

  const { __metadata__: metadata, ...entries } = value;
  const ranges = Object.entries(entries).map(([name, entry]) => tensorRange(name, entry, start, size, path));
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(ranges, start, size, path);
  return {
    tensors: new Map(ranges.map((range) => [range.name, range])),
    metadata: metadataOf(metadata, path),
  };
}

function metadataOf(value: unknown, path: string): Map<string, string> {
  if (value === undefined || value === null) return new Map();
  const entries = isObject(value) ? Object.entries(value) : undefined;
  const metadata = new Map<string, string>();
  for (const [key, text] of entries ?? []) if (typeof text === 'string') metadata.set(key, text);
  if (metadata.size !== entries?.length)
    throw formatError(path, 'has a __metadata__ that holds more than text');
  return metadata;
}

function tensorRange(name: string, entry: unknown, start: number, size: number, path: string): TensorRange {
  const fail = (problem: string) => formatError(path, `has a tensor ${shown(name)} ${problem}`);
  if (!isObject(entry)) throw fail('that is described by no JSON object');
  const { dtype, shape, data_offsets: offsets } = entry;

  const bytes = typeof dtype === 'string' ? dtypeBytes.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bytes === undefined) throw fail(`of unknown dtype ${described(dtype)}`);
  if (!isCounts(shape)) throw fail(`whose shape is ${described(shape)}, not a list of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw fail(`whose data_offsets are ${described(offsets)}, not two whole numbers`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fail(`that ends before it begins (data_offsets ${begin}, ${end})`);
  if (end > size - start) {
    throw fail(`that ends at byte ${start + end}, but the file has ${size}: it is cut short`);
  }
  // Exact where it matters: a product that is too large for a float64 cannot equal a range inside the file.
  const length = shape.reduce((product, extent) => product * extent, bytes);
  if (length !== end - begin) {
    throw fail(
      `of shape [${shown(shape.join(), 60)}] and dtype ${dtype}, which needs ${length} bytes, not ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin: start + begin, end: start + end };
}

/** @param ranges sorted by `begin`, then `end`. */
function checkTiling(ranges: TensorRange[], start: number, size: number, path: string): void {
  let at = start;
  for (const { name, begin, end } of ranges) {
    if (begin < at) throw formatError(path, `has a tensor ${shown(name)} that overlaps the one before it`);
    if (begin > at) {
      throw formatError(path, `has ${begin - at} bytes before tensor ${shown(name)} that belong to none`);
    }
    at = end;
  }
  if (at < size) throw formatError(path, `has ${size - at} bytes at its end that belong to no tensor`);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function described(value: unknown): string {
  if (value === undefined) return 'missing';
  const flat = Array.isArray(value) ? value : [value];
  // Only what is flat: JSON.stringify runs out of stack on what is nested deep.
  return flat.every((item) => typeof item !== 'object') ? shown(JSON.stringify(value), 60) : 'nested';
}
