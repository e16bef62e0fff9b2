// A registry with a made-up CUDA provider for ONNX Runtime: it has everything but code.
import { createHash, randomBytes } from 'node:crypto';
import { onnxruntimeForm } from '../../src/backend/engine/cuda/forms';
import { zipOf } from './archives';
import type { FileServer, ServedFile } from './fileServer';

export const INSIDE = 'runtimes/linux-x64/native/libonnxruntime_providers_';
export const PROVIDER = randomBytes(100_000);
export const NUPKG = zipOf([
  { name: `${INSIDE}cuda.so`, data: PROVIDER },
  { name: `${INSIDE}shared.so`, data: Buffer.from('shared') },
  { name: `${INSIDE}tensorrt.so`, data: Buffer.from('not wanted') },
]);

/** Puts the package for a version there, and what is said of it, with `changes`. */
export function serveNuget(server: FileServer, version: string, changes: object = {}): ServedFile {
  const [{ url, nugetLeaf }] = onnxruntimeForm(version).downloads;
  const entry = '/v3/catalog0/data/package.json';
  server.put(new URL(nugetLeaf!).pathname, { catalogEntry: `${server.address}${entry}` });
  server.put(entry, {
    packageHash: createHash('sha512').update(NUPKG).digest('base64'),
    packageHashAlgorithm: 'SHA512',
    packageSize: NUPKG.length,
    ...changes,
  });
  return server.put(new URL(url).pathname, NUPKG);
}
