// Whole safetensors files at once: goldens are small.
import { SafetensorsFile } from '../../src/backend/checkpoint/safetensors';

export async function readSafetensors(
  path: string,
): Promise<Map<string, { shape: number[]; data: Float32Array }>> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
    for (const [name, { shape }] of file.tensors) {
      tensors.set(name, { shape: [...shape], data: await file.read(name) });
    }
    return tensors;
  } finally {
    await file.close();
  }
}
