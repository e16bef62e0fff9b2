// The ONNX Runtime that this Subtext has: where it lies, and its version, which its CUDA provider must share.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Path of a file of the package. @throws where the package is not there (platforms without a binary) */
export function onnxruntimeModule(file: string): string {
  return createRequire(__filename).resolve(`onnxruntime-node/${file}`);
}

export function runtimeVersion(): string {
  const manifest = readFileSync(onnxruntimeModule('package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
