import type { CudaForm } from './forms';

/** What to do where libraries of CUDA are not found. */
export function librariesRemedy({ toolkit }: CudaForm): string {
  const variable = process.platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH';
  return `Install ${toolkit}, or add their folder to ${variable} before VS Code or subtext starts.`;
}
